// Every page, in every language of the demo, light and dark: what machines can check of accessibility, fit on a
// narrow screen, and weight.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { screenshot, visitor } from './lib/browser.mjs';
import { accessible, fitsNarrow, light, sensible } from './lib/checks.mjs';
import { ALICE, BOB, enterNumber, newestCode, signIn, tickAll, visit } from './lib/members.mjs';
import { authorization } from './lib/requests.mjs';
import { stage, walk } from './lib/stage.mjs';
import { television, typeCode } from './lib/television.mjs';

const world = stage();

/** All that is asked of a page, in both colour schemes. */
async function inspect(page, record, name) {
  await sensible(page, record, name);
  await light(record, name);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await accessible(page, `${name}, ${colorScheme}`);
    await screenshot(page, `${name}-${colorScheme}`, { fullPage: true, scale: 'css' });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await fitsNarrow(page, name);
}

/** Sends a form although its fields are wrong, as a browser without form validation does. */
async function sendAnyway(page, form, fields) {
  await page.$eval(form, (element) => (element.noValidate = true));
  for (const [selector, value] of Object.entries(fields)) await page.fill(selector, value);
  await Promise.all([page.waitForEvent('load'), page.click(`${form} button[type=submit] >> nth=0`)]);
}

const LANGUAGES = [
  { locale: 'en', direction: 'ltr', member: ALICE },
  { locale: 'hi', direction: 'ltr', member: BOB },
  { locale: 'ar', direction: 'rtl', member: ALICE },
];

/** Looks at a page of one language. */
function looking(page, record, { locale, direction }) {
  return async (name) => {
    assert.equal((await page.getAttribute('html', 'lang')).split('-')[0], locale, `language of ${name}`);
    assert.equal((await page.getAttribute('html', 'dir')) ?? 'ltr', direction, `direction of ${name}`);
    await inspect(page, record, `${locale}-${name}`);
  };
}

for (const { locale, direction, member } of LANGUAGES) {
  test(`every page in ${locale}`, async (t) => {
    const { server, browser } = world;
    const { context, page, record } = await visitor(browser, { locale });
    t.after(() => context.close());
    const step = walk(t, page, `pages-${locale}`);
    const look = looking(page, record, { locale, direction });
    let code;

    await step('phone', async () => {
      await page.goto(authorization(server, { ui_locales: locale, prompt: 'login consent' }).url);
      await page.waitForSelector('form#phone-form');
      await look('phone');
      assert.equal(await page.$eval('input#phone', (field) => getComputedStyle(field).direction), 'ltr');
    });
    await step('a number that is none', async () => {
      await sendAnyway(page, 'form#phone-form', { 'input#phone': '12' });
      await page.waitForSelector('form#phone-form [aria-invalid="true"]');
      await look('phone-error');
    });
    await step('code', async () => {
      const known = await enterNumber(server, page, member);
      code = await newestCode(server, member, known);
      await look('code');
      assert.equal(await page.$eval('input#code', (field) => getComputedStyle(field).direction), 'ltr');
    });
    await step('a wrong code', async () => {
      await sendAnyway(page, 'form#code-form', { 'input#code': code === '000000' ? '000001' : '000000' });
      await page.waitForSelector('form#code-form [aria-invalid="true"]');
      await look('code-error');
    });
    await step('consent', async () => {
      await page.fill('input#code', code);
      await page.click('button#verify');
      await page.waitForSelector('form#consent-form');
      await look('consent');
      await tickAll(page);
      await page.click('button#allow');
      await page.waitForURL(/fashionboard/);
    });
    await step('connected apps', async () => {
      await page.goto(`${server.issuer}/account`);
      await page.waitForSelector('main#account [data-client="fashionboard"]');
      await look('account');
      await page.click('form.revoke[data-client="fashionboard"] button');
      await page.waitForSelector('form#revoke-form');
      await look('revoke');
    });
    await step('a choice of account', async () => {
      await page.goto(authorization(server, { ui_locales: locale, prompt: 'select_account' }).url);
      await page.waitForSelector('button#continue-as');
      await look('choose');
    });
    await step('sign out', async () => {
      await page.goto(`${server.issuer}/oauth2/sessions/logout`);
      await page.waitForSelector('form#logout-form');
      await look('logout');
      await page.click('button#confirm-logout');
      await page.waitForSelector('main#signed-out');
      await look('signed-out');
    });
    await step('error', async () => {
      await page.goto(authorization(server, { ui_locales: locale, redirect_uri: 'https://elsewhere.example/' }).url);
      await page.waitForSelector('main#error[data-error="invalid_redirect_uri"]');
      assert.equal(record.documents.at(-1).status, 400);
      await look('error');
    });
  });
}

for (const { locale, direction, member } of LANGUAGES) {
  test(`every page for a device in ${locale}`, async (t) => {
    const { server, browser } = world;
    const { context, page, record } = await visitor(browser, { locale });
    t.after(() => context.close());
    const step = walk(t, page, `device-${locale}`);
    const look = looking(page, record, { locale, direction });
    const tv = await television(server);
    const refused = await television(server);
    const again = await television(server);
    const question = async (tab, { complete }) => {
      await tab.goto(complete);
      await tab.click('button#connect');
      await tab.waitForSelector('#device-note');
    };
    const code = 'input#user_code';

    await step('code', async () => {
      await page.goto(tv.page);
      await look('device');
      assert.equal(await page.$eval(code, (field) => getComputedStyle(field).direction), 'ltr');
    });
    await step('a wrong code', async () => {
      await typeCode(page, 'BCDF-GHJK');
      await page.waitForSelector('form#device-form [aria-invalid="true"]');
      await look('device-error');
    });
    await step('a code that came with the link', async () => {
      await page.goto(tv.complete);
      await page.waitForSelector('#compare');
      await look('device-compare');
      assert.equal(await page.inputValue(code), tv.userCode);
    });
    await step('consent', async () => {
      await page.click('button#connect');
      await signIn(server, page, member);
      await page.waitForSelector('#device-note');
      await look('device-consent');
      assert.equal(await page.$eval('#place bdi', (shown) => getComputedStyle(shown).direction), 'ltr');
      await page.click('button#allow');
      await page.waitForSelector('main#device-done[data-outcome="allowed"]');
      await look('device-allowed');
    });
    await step('no', async () => {
      await question(page, refused);
      await page.click('button#deny');
      await page.waitForSelector('main#device-done[data-outcome="denied"]');
      await look('device-denied');
    });
    await step('an answer in another tab before', async () => {
      const first = await context.newPage();
      for (const tab of [first, page]) await question(tab, again);
      await first.click('button#allow');
      await first.waitForSelector('main#device-done');
      await page.click('button#deny');
      await page.waitForSelector('main#device-done[data-outcome="too-late"]');
      await look('device-too-late');
    });
    await step('too many codes', async () => {
      await page.goto(tv.page);
      for (let tries = 0; tries < 11; tries++) await typeCode(page, 'BCDF-GHJK');
      assert.equal(record.documents.at(-1).status, 429);
      await look('device-too-many');
    });
  });
}

test('the other brand has a look of its own', async (t) => {
  const { server, browser } = world;
  const { context, page, record } = await visitor(browser);
  t.after(() => context.close());
  await page.goto(server.url('trailmix.localhost'));
  await page.click('a#sign-in');
  await page.waitForSelector('form#phone-form');
  assert.equal(new URL(page.url()).origin, server.url('auth.northpeak.localhost'));
  assert.match(await page.innerText('main'), /NorthPeak/);
  await inspect(page, record, 'northpeak-phone');
  const colour = () => page.$eval('button#continue', (button) => getComputedStyle(button).backgroundColor);
  const northpeak = await colour();
  const known = await enterNumber(server, page, ALICE);
  await inspect(page, record, 'northpeak-code');
  await page.fill('input#code', await newestCode(server, ALICE, known));
  await page.click('button#verify');
  await page.waitForSelector('form#consent-form');
  await inspect(page, record, 'northpeak-consent');
  await page.goto(authorization(server, { prompt: 'login' }).url);
  assert.notEqual(await colour(), northpeak);
});

test('the start page and the inbox of the development server', async (t) => {
  const { server, browser } = world;
  const { context, page, record } = await visitor(browser);
  t.after(() => context.close());
  // The live page asks for itself again, which would pull it away from under the inspection.
  const inbox = `${server.url('localhost')}/inbox?live=0`;
  await page.goto(inbox);
  await inspect(page, record, 'inbox-before');
  await page.goto(authorization(server).url);
  await enterNumber(server, page, BOB);
  await page.goto(inbox);
  await inspect(page, record, 'inbox');
  await page.goto(server.url('localhost'));
  await inspect(page, record, 'start');
});

test('the partner apps', async (t) => {
  const { server, browser } = world;
  for (const app of ['fashionboard', 'shopease', 'trailmix']) {
    const { context, page, record } = await visitor(browser);
    t.after(() => context.close());
    await page.goto(server.url(`${app}.localhost`));
    await inspect(page, record, `${app}-welcome`);
    await visit(server, page, ALICE, app);
    await inspect(page, record, `${app}-signed-in`);
  }
});
