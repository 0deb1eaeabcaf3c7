// People go back, press twice, open a second tab and come back too late. Each ends on a page that makes sense, from
// which the sign-in can still succeed. Without JavaScript, so that nothing but the server helps.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visitor, watch } from './lib/browser.mjs';
import { sensible } from './lib/checks.mjs';
import { ALICE, BOB, enterNumber, newestCode, signIn, tickAll } from './lib/members.mjs';
import { authorization } from './lib/requests.mjs';
import { request } from './lib/server.mjs';
import { stage } from './lib/stage.mjs';
import { clockTest } from './lib/target.mjs';

const world = stage();

async function without(t) {
  const { server, browser } = world;
  const made = await visitor(browser, { js: false });
  t.after(() => made.context.close());
  const start = async (page = made.page) => {
    await page.goto(server.url('fashionboard.localhost'));
    await page.click('a#sign-in');
    await page.waitForSelector('main');
  };
  return { ...made, server, start };
}

/** Presses a button and waits for the page that answers. */
async function press(page, selector) {
  await Promise.all([page.waitForEvent('load'), page.click(selector)]);
}

/** From any page of the sign-in to being back at the app, by what the pages themselves offer. */
async function finish(server, page, number) {
  for (let pages = 0; pages < 6; pages++) {
    await page.waitForSelector('main');
    if (await page.locator('a#sign-out').count()) return;
    if (await page.locator('form#phone-form').count()) await signIn(server, page, number);
    else if (await page.locator('form#code-form').count()) {
      await page.fill('input#code', await newestCode(server, number));
      await press(page, 'button#verify');
    } else if (await page.locator('form#consent-form').count()) {
      await tickAll(page);
      await press(page, 'button#allow');
    } else {
      // A page that says "start again" has the way to do it.
      await press(page, 'main a[href]');
    }
  }
  assert.fail(`not signed in after six pages; now at ${page.url()}`);
}

test('pressing twice on every form', async (t) => {
  const { server, page, record, start } = await without(t);
  await start();
  const known = (await server.inbox(ALICE)).length;
  await page.fill('input#phone', ALICE);
  await page.dblclick('button#continue');
  await page.waitForSelector('form#code-form');
  await sensible(page, record, 'after the phone form twice');
  await page.fill('input#code', await newestCode(server, ALICE, known));
  await page.dblclick('button#verify');
  await page.waitForSelector('form#consent-form');
  await sensible(page, record, 'after the code form twice');
  await tickAll(page);
  await page.dblclick('button#allow');
  await page.waitForSelector('main');
  await finish(server, page, ALICE);
});

test('sm5 a phone form sent twice at once is one message', async (t) => {
  const { server, context, page, start } = await without(t);
  await start();
  await page.fill('input#phone', BOB);
  const { action, fields } = await page.$eval('form#phone-form', (form) => {
    const submitter = form.querySelector('button#continue');
    // Not `form.action`: that is the field of this name.
    return { action: form.getAttribute('action'), fields: Object.fromEntries(new FormData(form, submitter)) };
  });
  const known = (await server.inbox(BOB)).length;
  const cookie = (await context.cookies(server.issuer)).map(({ name, value }) => `${name}=${value}`).join('; ');
  const headers = { cookie, origin: server.issuer, 'sec-fetch-site': 'same-origin' };
  const answers = await Promise.all([1, 2].map(() => request(server.issuer + action, { body: fields, headers })));
  for (const { status } of answers) assert.ok(status < 500, `answered ${status}`);
  await newestCode(server, BOB, known);
  // A second message would cost the brand money, and its code would make the first one wrong.
  assert.equal((await server.inbox(BOB)).length, known + 1);
});

test('going back and sending each form again', async (t) => {
  const { server, page, record, start } = await without(t);
  await start();
  const known = await enterNumber(server, page, BOB);
  await page.goBack();
  await sensible(page, record, 'back to the phone page');
  await page.goForward();
  await page.waitForSelector('form#code-form');
  await page.fill('input#code', await newestCode(server, BOB, known));
  await press(page, 'button#verify');
  await page.waitForSelector('form#consent-form, a#sign-out');
  await page.goBack();
  await sensible(page, record, 'back to the code page');
  if (await page.locator('form#code-form').count()) {
    await page.fill('input#code', await newestCode(server, BOB));
    await press(page, 'button#verify');
    await sensible(page, record, 'the used code again');
  }
  await finish(server, page, BOB);
  for (let steps = 0; steps < 3; steps++) {
    await page.goBack();
    await sensible(page, record, `${steps + 1} back from the app, at ${page.url()}`);
  }
  await finish(server, page, BOB);
});

test('a consent form sent twice gives one answer', async (t) => {
  const { server, page, record, start } = await without(t);
  await start();
  await signIn(server, page, ALICE);
  await finish(server, page, ALICE);
  await page.goto(server.url('shopease.localhost'));
  await press(page, 'a#sign-in');
  await page.waitForSelector('form#consent-form');
  await press(page, 'button#deny');
  await page.goBack();
  await page.waitForSelector('main');
  // Deny was final for that request: whatever the page offers now, allowing it must not bring a code for it.
  if (await page.locator('form#consent-form').count()) await press(page, 'button#allow');
  await sensible(page, record, 'allow after deny');
  assert.equal(await page.locator('[data-points]').count(), 0);
});

test('two tabs are two sign-ins, finished in any order', async (t) => {
  const { server, context, page, start } = await without(t);
  const second = await context.newPage();
  const record = watch(second);
  await start();
  await second.goto(server.url('shopease.localhost'));
  await press(second, 'a#sign-in');
  const known = await enterNumber(server, page, ALICE);
  const code = await newestCode(server, ALICE, known);
  // The second tab is still where it was, and finishes first.
  await sensible(second, record, 'the second tab');
  await page.fill('input#code', code);
  await press(page, 'button#verify');
  await second.reload();
  await sensible(second, record, 'the second tab after the first signed in');
  await finish(server, second, ALICE);
  assert.equal(new URL(second.url()).origin, server.url('shopease.localhost'));
  await finish(server, page, ALICE);
  assert.equal(new URL(page.url()).origin, server.url('fashionboard.localhost'));
});

clockTest('asking for the code again waits, then repeats the same code', async (t) => {
  const { server, page, record, start } = await without(t);
  await start();
  const known = await enterNumber(server, page, BOB);
  const code = await newestCode(server, BOB, known);
  await press(page, 'button#resend');
  await sensible(page, record, 'resend at once');
  assert.ok(await page.locator('form#code-form').count());
  assert.equal((await server.inbox(BOB)).length, known + 1, 'too early: nothing sent');
  await server.advance(31);
  await press(page, 'button#resend');
  assert.equal(await newestCode(server, BOB, known + 1), code);
  await page.fill('input#code', code);
  await press(page, 'button#verify');
  await finish(server, page, BOB);
});

test('changing the language keeps her place', async (t) => {
  const { server, page, record, start } = await without(t);
  await start();
  const speak = async (locale, form) => {
    await press(page, `a[hreflang="${locale}"]`);
    await sensible(page, record, `${form} in ${locale}`);
    assert.equal(await page.getAttribute('html', 'lang'), locale);
    assert.equal(await page.locator(`form#${form}`).count(), 1, `still at ${form}`);
  };
  await speak('ar', 'phone-form');
  await speak('en', 'phone-form');
  const known = await enterNumber(server, page, ALICE);
  await speak('hi', 'code-form');
  assert.equal((await server.inbox(ALICE)).length, known + 1, 'no second message');
  await page.fill('input#code', await newestCode(server, ALICE, known));
  await press(page, 'button#verify');
  await finish(server, page, ALICE);
  await page.goto(authorization(server, { prompt: 'consent' }).url);
  assert.equal(await page.getAttribute('html', 'lang'), 'hi', 'the language is remembered');
  await speak('ar', 'consent-form');
});

test('changing the number', async (t) => {
  const { server, page, record, start } = await without(t);
  await start();
  await enterNumber(server, page, '+447700900100');
  await press(page, 'a#change-number');
  await page.waitForSelector('form#phone-form');
  await sensible(page, record, 'change number');
  await finish(server, page, ALICE);
});

clockTest('coming back too late', async (t) => {
  for (const [late, why] of [[6 * 60, 'the code has expired'], [2 * 3600, 'the whole request has expired']]) {
    const { server, context, page, record, start } = await without(t);
    await start();
    const known = await enterNumber(server, page, ALICE);
    const code = await newestCode(server, ALICE, known);
    await server.advance(late);
    await page.fill('input#code', code);
    await press(page, 'button#verify');
    await sensible(page, record, why);
    assert.equal(await page.locator('form#consent-form, a#sign-out').count(), 0, why);
    if (await page.locator('form#code-form').count()) await press(page, 'button#resend');
    await finish(server, page, ALICE);
    await context.close();
  }
});

test('an address of the sign-in opened in another browser', async (t) => {
  const { page, start } = await without(t);
  const other = await without(t);
  await start();
  await other.page.goto(page.url());
  await sensible(other.page, other.record, 'someone else’s link');
  assert.equal(await other.page.locator('form#code-form, form#consent-form').count(), 0);
});
