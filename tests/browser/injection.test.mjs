// Whatever is put into a parameter or a field, no page turns it into markup or script (attack row IN1).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visitor } from './lib/browser.mjs';
import { ALICE, visit } from './lib/members.mjs';
import { authorization } from './lib/requests.mjs';
import { stage } from './lib/stage.mjs';

const world = stage();

/** An app's page, which asks for nothing more. */
const ARRIVED = '<!doctype html><title>App</title><link rel="icon" href="data:,"><p>Arrived';

/** Each would set `canary` if it ran, or leave a <canary-x> element if it became markup. */
const PAYLOADS = [
  '"><canary-x></canary-x><script>window.canary=1</script>',
  "'><canary-x><img src=x onerror='window.canary=1'>",
  '</title></style></script><canary-x><svg onload="window.canary=1">',
  'javascript:window.canary=1',
  '" autofocus onfocus="window.canary=1" x="',
  '{{constructor.constructor("window.canary=1")()}}${window.canary=1}',
];

async function assertInert(page, record, where) {
  const found = await page.evaluate(() => ({
    ran: 'canary' in window,
    markup: document.querySelectorAll('canary-x').length,
    handlers: [...document.querySelectorAll('*')].filter((e) => [...e.attributes].some((a) => /^on/i.test(a.name))).length,
    links: [...document.querySelectorAll('[href],[action],[src]')]
      .flatMap((e) => ['href', 'action', 'src'].map((name) => e.getAttribute(name) ?? ''))
      .filter((value) => /^\s*(javascript|vbscript):/i.test(value)).length,
  }));
  assert.deepEqual(found, { ran: false, markup: 0, handlers: 0, links: 0 }, where);
  assert.deepEqual(record.complaints, [], where);
}

const PARAMETERS = [
  'login_hint', 'state', 'nonce', 'ui_locales', 'scope', 'acr_values', 'prompt', 'display', 'max_age', 'id_token_hint',
  'client_id', 'redirect_uri', 'response_type', 'response_mode', 'code_challenge', 'request', 'request_uri', 'unknown',
];

test('in1 parameters of the authorization request', async (t) => {
  const { server, browser } = world;
  const { context, page, record } = await visitor(browser);
  t.after(() => context.close());
  for (const name of PARAMETERS) {
    for (const payload of PAYLOADS) {
      const value = name === 'scope' ? `openid ${payload}` : payload;
      // Not every one is refused; those that lead on must be harmless on the page they lead to, ours or the app's.
      await page.goto(authorization(server, { [name]: value }).url);
      await assertInert(page, record, `${name}=${value}`);
    }
  }
});

test('in1 an answer in a form carries what it was given, and runs none of it', async (t) => {
  const { server, browser } = world;
  const { context, page, record } = await visitor(browser);
  t.after(() => context.close());
  for (const payload of PAYLOADS) {
    const request = authorization(server, { response_mode: 'form_post', prompt: 'none', state: payload });
    const callback = new URL(request.url).searchParams.get('redirect_uri');
    const arrived = new Promise((resolve) => {
      page.route(`${callback}**`, async (route) => {
        resolve(new URLSearchParams(route.request().postData()));
        await route.fulfill({ contentType: 'text/html', body: ARRIVED });
      }, { times: 1 });
    });
    await page.goto(request.url);
    const answer = await arrived;
    assert.equal(answer.get('state'), payload);
    assert.equal(answer.get('error'), 'login_required');
    await assertInert(page, record, `form: ${payload}`);
  }
});

test('in1 what is typed into the phone and code fields', async (t) => {
  const { server, browser } = world;
  const { context, page, record } = await visitor(browser);
  t.after(() => context.close());
  for (const payload of PAYLOADS) {
    await page.goto(authorization(server).url);
    await page.$eval('form#phone-form', (form) => (form.noValidate = true));
    await page.$eval('input#phone', (field, value) => (field.value = value), payload);
    await page.click('button#continue');
    await page.waitForLoadState();
    await assertInert(page, record, `phone: ${payload}`);
  }
  await page.goto(authorization(server).url);
  await page.fill('input#phone', ALICE);
  await page.click('button#continue');
  // Five wrong codes are allowed; what has no six digits must not even count as one.
  for (const payload of PAYLOADS) {
    await page.waitForSelector('form#code-form');
    await page.$eval('form#code-form', (form) => (form.noValidate = true));
    await page.$eval('input#code', (field, value) => (field.value = value), payload);
    await Promise.all([page.waitForEvent('load'), page.click('button#verify')]);
    await assertInert(page, record, `code: ${payload}`);
  }
});

test('in1 the sign-out, account and error addresses, and the callbacks of the apps', async (t) => {
  const { server, browser } = world;
  const { context, page, record } = await visitor(browser);
  t.after(() => context.close());
  await visit(server, page, ALICE);
  const logout = `${server.issuer}/oauth2/sessions/logout`;
  const callback = `${server.url('fashionboard.localhost')}/callback`;
  for (const payload of PAYLOADS.map(encodeURIComponent)) {
    for (const address of [
      `${logout}?state=${payload}&post_logout_redirect_uri=${payload}&client_id=${payload}&ui_locales=${payload}`,
      `${logout}?id_token_hint=${payload}`,
      `${server.issuer}/account?ui_locales=${payload}&client=${payload}`,
      `${server.issuer}/login?t=${payload}&${payload}=1`,
      `${server.issuer}/consent?t=${payload}`,
      `${callback}?error=${payload}&error_description=${payload}&state=${payload}`,
      ...(server.startPage ? ofThisMachine(server, payload) : []),
    ]) {
      await page.goto(address);
      await assertInert(page, record, address);
    }
  }
});

/** Addresses of the development side, and one without a route: on a stack the gateway answers that, without a page. */
function ofThisMachine({ issuer, startPage }, payload) {
  return [
    `${issuer}/${payload}`,
    `${startPage}/dev/inbox?to=${payload}`,
    `${startPage}/inbox?live=0&to=${payload}`,
    `${startPage}/${payload}`,
  ];
}
