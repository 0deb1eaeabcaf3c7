// Alice in front of her television: it shows a code, and she signs it in on her telephone (RFC 8628).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { screenshot, visitor, watch } from './lib/browser.mjs';
import { sensible } from './lib/checks.mjs';
import { ALICE, asked, BOB, signIn } from './lib/members.mjs';
import { stage, walk } from './lib/stage.mjs';
import { clockTest } from './lib/target.mjs';
import { television, typeCode } from './lib/television.mjs';

const world = stage();

async function telephone(t, options = {}) {
  const { server, browser } = world;
  const made = await visitor(browser, { js: false, ...options });
  t.after(() => made.context.close());
  return { ...made, server };
}

/** Presses a button and waits for the page that answers. */
async function press(page, selector) {
  await Promise.all([page.waitForEvent('load'), page.click(selector)]);
}

/** From where the television sends her to its question, signed in as `number`. */
async function reachQuestion(server, page, tv, number) {
  await page.goto(tv.page);
  await typeCode(page, tv.userCode);
  if (await page.locator('form#phone-form').count()) await signIn(server, page, number);
  await page.waitForSelector('form#consent-form');
}

const outcome = (page) => page.getAttribute('main#device-done', 'data-outcome');

for (const js of [true, false]) {
  test(`a television is signed in ${js ? 'with' : 'without'} JavaScript`, async (t) => {
    const { server, page, record } = await telephone(t, { js });
    const tv = await television(server);
    const step = walk(t, page, js ? 'device' : 'device-without-js');
    const look = (name) => screenshot(page, js ? `device-${name}` : `without-js-device-${name}`);

    await step('she opens the address on its screen', async () => {
      assert.equal(await tv.ask(), 'authorization_pending');
      await page.goto(tv.page);
      assert.equal(new URL(page.url()).pathname, '/device');
      // The field takes the focus with the first frame, which may come after the load.
      await page.waitForSelector('input#user_code:focus');
      await look('1-code');
    });
    await step('and types its code', async () => {
      await typeCode(page, tv.userCode);
      await look('2-phone');
      await signIn(server, page, ALICE);
    });
    await step('she sees which app asks for what, and the code once more', async () => {
      const text = await page.innerText('main');
      assert.match(text, /Allow Urban Trend TV on a device to use your Urban Trend account\?/);
      assert.match(await page.innerText('#place'), new RegExp(tv.userCode));
      assert.match(await page.innerText('#device-note'), new RegExp(`shows the code ${tv.userCode}`));
      assert.deepEqual((await asked(page)).sort(), ['loyalty.tier.read', 'profile']);
      await look('3-question');
    });
    await step('allowing sends her back to the television, which goes on', async () => {
      await press(page, 'button#allow');
      assert.equal(await outcome(page), 'allowed');
      assert.match(await page.innerText('h1'), /go back to your device/);
      await look('4-allowed');
      assert.equal(await tv.ask(), 'token');
    });
    await step('she finds it among her connected apps', async () => {
      await press(page, 'main a[href="/account"]');
      assert.equal(await page.locator('[data-client="tv-demo"]').count(), 1);
      assert.deepEqual(record.complaints, []);
    });
  });
}

test('the address with the code asks only to compare it', async (t) => {
  const { server, page, record } = await telephone(t);
  const tv = await television(server);
  await page.goto(tv.complete);
  assert.equal(await page.inputValue('input#user_code'), tv.userCode);
  assert.match(await page.innerText('#compare'), /Check that it is the one on your own device/);
  assert.equal(await tv.ask(), 'authorization_pending');
  await screenshot(page, 'device-complete');
  await press(page, 'button#connect');
  await signIn(server, page, ALICE);
  await press(page, 'button#allow');
  assert.equal(await outcome(page), 'allowed');
  assert.equal(await tv.ask(), 'token');
  assert.deepEqual(record.complaints, []);
});

test('a code is taken in small letters, without its dash, with spaces around', async (t) => {
  const { server, page } = await telephone(t);
  const ways = [
    (code) => code.toLowerCase(),
    (code) => code.replace('-', ''),
    (code) => ` ${code.toLowerCase().replace('-', ' ')} `,
  ];
  for (const way of ways) {
    const tv = await television(server);
    await page.goto(tv.page);
    await typeCode(page, way(tv.userCode));
    await page.waitForSelector('form#phone-form');
  }
});

test('a wrong code is said to be wrong, and the right one goes on from there', async (t) => {
  const { server, page, record } = await telephone(t);
  const tv = await television(server);
  await page.goto(tv.page);
  for (const [typed, said] of [
    ['', /Enter the code/],
    ['hello', /isn't right/],
    ['BCDF-GHJK', /isn't right/],
  ]) {
    await typeCode(page, typed);
    await sensible(page, record, `typed: ${typed}`);
    assert.match(await page.innerText('main [role=alert]'), said);
    assert.equal(await page.getAttribute('input#user_code', 'aria-invalid'), 'true');
    assert.equal(await page.inputValue('input#user_code'), typed, 'she mends it, and does not begin again');
  }
  await screenshot(page, 'device-wrong');
  await typeCode(page, tv.userCode);
  await page.waitForSelector('form#phone-form');
  assert.deepEqual(record.complaints, []);
});

test('denying leaves the television outside', async (t) => {
  const { server, page, record } = await telephone(t);
  const tv = await television(server);
  await reachQuestion(server, page, tv, BOB);
  await press(page, 'button#deny');
  assert.equal(await outcome(page), 'denied');
  assert.match(await page.innerText('h1'), /Nothing was connected/);
  await screenshot(page, 'device-denied');
  assert.equal(await tv.ask(), 'access_denied');
  // Her answer was final: what she finds by going back allows nothing.
  await page.goBack();
  await sensible(page, record, 'back to the question');
  if (await page.locator('button#allow').count()) await press(page, 'button#allow');
  await sensible(page, record, 'allowing after all');
  assert.equal(await tv.ask(), 'access_denied');
  // Nor does its code lead anywhere.
  await page.goto(tv.page);
  await typeCode(page, tv.userCode);
  assert.equal(await page.getAttribute('input#user_code', 'aria-invalid'), 'true');
});

test('going back and sending each form again', async (t) => {
  const { server, page, record } = await telephone(t);
  const tv = await television(server);
  await page.goto(tv.page);
  await typeCode(page, tv.userCode);
  await page.waitForSelector('form#phone-form');
  await page.goBack();
  await sensible(page, record, 'back to the code page');
  // The page may be the browser's own copy, or where she was sent on to.
  if (await page.locator('form#device-form').count()) await typeCode(page, tv.userCode);
  await page.waitForSelector('form#phone-form');
  await signIn(server, page, ALICE);
  await page.dblclick('button#allow');
  await page.waitForSelector('main#device-done');
  assert.equal(await outcome(page), 'allowed');
  await page.reload();
  assert.equal(await outcome(page), 'allowed');
  assert.equal(await tv.ask(), 'token');
  for (let steps = 0; steps < 4; steps++) {
    await page.goBack();
    await sensible(page, record, `${steps + 1} back from the end, at ${page.url()}`);
    if (await page.locator('button#allow').count()) {
      await press(page, 'button#allow');
      await sensible(page, record, 'allowing again');
      await page.goBack();
    }
  }
});

test('two tabs with the same code: the first answer stands, and the second is told', async (t) => {
  const { server, context, page } = await telephone(t);
  const tv = await television(server);
  const second = await context.newPage();
  const record = watch(second);
  await reachQuestion(server, page, tv, ALICE);
  // She is signed in by now, so the second is asked at once.
  await reachQuestion(server, second, tv, ALICE);
  await press(page, 'button#allow');
  assert.equal(await outcome(page), 'allowed');
  await press(second, 'button#deny');
  await sensible(second, record, 'the second tab');
  assert.equal(await outcome(second), 'too-late');
  await screenshot(second, 'device-too-late');
  assert.equal(await tv.ask(), 'token');
  await press(second, 'a#again');
  await second.waitForSelector('form#device-form');
});

test('two televisions in two tabs are two questions', async (t) => {
  const { server, context, page } = await telephone(t);
  const [living, bedroom] = [await television(server), await television(server)];
  const second = await context.newPage();
  await page.goto(living.page);
  await second.goto(bedroom.page);
  await typeCode(page, living.userCode);
  await typeCode(second, bedroom.userCode);
  await signIn(server, page, ALICE);
  await second.reload();
  await second.waitForSelector('form#consent-form, form#phone-form');
  if (await second.locator('form#phone-form').count()) await signIn(server, second, ALICE);
  assert.match(await second.innerText('#place'), new RegExp(bedroom.userCode));
  await press(second, 'button#deny');
  assert.match(await page.innerText('#place'), new RegExp(living.userCode));
  await press(page, 'button#allow');
  // She has signed in once more meanwhile, so the first tab asks once more.
  if (await page.locator('button#allow').count()) await press(page, 'button#allow');
  assert.deepEqual([await living.ask(), await bedroom.ask()], ['token', 'access_denied']);
});

test('who is signed in already is still asked, and may be somebody else', async (t) => {
  const { server, page } = await telephone(t);
  const first = await television(server);
  await reachQuestion(server, page, first, ALICE);
  await press(page, 'button#allow');
  const tv = await television(server);
  await page.goto(tv.page);
  await typeCode(page, tv.userCode);
  await page.waitForSelector('form#consent-form');
  await screenshot(page, 'device-again');
  await press(page, 'a#not-you');
  await signIn(server, page, BOB);
  assert.match(await page.innerText('#place'), new RegExp(tv.userCode));
  await press(page, 'button#allow');
  assert.equal(await tv.ask(), 'token');
});

clockTest('a code whose time is over', async (t) => {
  const { server, page, record } = await telephone(t);
  const [tv, slow] = [await television(server), await television(server)];
  await page.goto(tv.page);
  await reachQuestion(server, page, slow, ALICE);
  await server.advance(601);
  // She was at the question when it ended.
  await press(page, 'button#allow');
  await sensible(page, record, 'allowed too late');
  assert.equal(await outcome(page), 'too-late');
  await press(page, 'a#again');
  await typeCode(page, tv.userCode);
  assert.match(await page.innerText('main [role=alert]'), /its time is over/);
  assert.equal(await tv.ask(), 'expired_token');
  const fresh = await television(server);
  await typeCode(page, fresh.userCode);
  await page.waitForSelector('form#consent-form, form#phone-form');
});

clockTest('the code page of hours ago still takes a code', async (t) => {
  const { server, page, record } = await telephone(t);
  const tv = await television(server);
  await page.goto(tv.page);
  await server.advance(2 * 3600);
  const fresh = await television(server);
  await typeCode(page, fresh.userCode);
  await page.waitForSelector('form#phone-form');
  await sensible(page, record, 'on from the page of hours ago');
});

test('the code page of a browser that has forgotten it says how to begin again', async (t) => {
  const { server, context, page, record } = await telephone(t);
  const tv = await television(server);
  await page.goto(tv.page);
  await context.clearCookies();
  await typeCode(page, tv.userCode);
  await sensible(page, record, 'a form without its cookie');
  await screenshot(page, 'device-forgotten');
  assert.equal(await page.getAttribute('main#error', 'data-error'), 'transaction_not_found');
  await press(page, 'main a[href="/device"]');
  await typeCode(page, tv.userCode);
  await page.waitForSelector('form#phone-form');
});
