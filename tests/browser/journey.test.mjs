// The product's reason to exist: Alice signs in once and every partner app recognises her, with her consent.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { launch, picture, screenshot, shown, visitor } from './lib/browser.mjs';
import { ALICE, asked, enterNumber, newestCode, returnVisit, tickAll } from './lib/members.mjs';
import { request } from './lib/server.mjs';
import { walk } from './lib/stage.mjs';
import { start } from './lib/target.mjs';

// Both at once: on a stack, whose clock nobody moves, each waits a minute for an access token to end.
describe('the whole journey', { concurrency: 2 }, () => {
  test('with JavaScript', (t) => journey(t, { js: true, typed: '07700 900101' }));
  test('without JavaScript', (t) => journey(t, { js: false, typed: '+44 7700-900101' }));
});

async function journey(t, { js, typed }) {
  // A provider for each walk, because both begin with a member nobody has seen.
  const server = await start();
  t.after(() => server.stop());
  const browser = await launch();
  t.after(() => browser.close());
  const { context, page, record } = await visitor(browser, { js });
  const fashionboard = server.url('fashionboard.localhost');
  const shopease = server.url('shopease.localhost');
  const step = walk(t, page, js ? 'journey' : 'journey-without-js');
  const look = (name) => (js ? picture(page, name) : screenshot(page, `without-js-${name}`));
  const text = () => page.innerText('main');
  let code;

  await step('FashionBoard offers to sign in with Urban Trend', async () => {
    await page.goto(fashionboard);
    assert.equal((await page.innerText('a#sign-in')).trim(), 'Sign in with Urban Trend');
    await look('01-fashionboard');
    await page.click('a#sign-in');
    await page.waitForSelector('form#phone-form');
    assert.equal(new URL(page.url()).origin, server.issuer);
    await look('02-phone');
  });

  await step('she types her number and gets a code on her phone', async () => {
    const known = await enterNumber(server, page, typed);
    await look('03-code');
    code = await newestCode(server, ALICE, known);
    assert.match(code, /^[0-9]{6}$/);
    const [message] = await server.inbox(ALICE);
    assert.equal(message.text.trimEnd().split('\n').at(-1), `@${new URL(server.issuer).hostname} #${code}`);
  });

  if (server.startPage) {
    await step('the start page leads to her phone', async () => {
      const phone = await context.newPage();
      await phone.goto(server.startPage);
      await phone.click('nav a[href="/inbox"]');
      await phone.waitForSelector('[data-code]');
      assert.equal(await phone.getAttribute('[data-code] >> nth=0', 'data-code'), code);
      if (js) await picture(phone, '04-inbox');
      await phone.close();
    });
  }

  await step('the code leads to one question', async () => {
    await page.fill('input#code', code);
    await page.click('button#verify');
    await page.waitForSelector('form#consent-form');
    assert.match(await text(), /Allow FashionBoard to view your Trendy Rewards status\?/);
    assert.ok((await asked(page)).includes('loyalty.tier.read'));
    await look('05-consent');
  });

  await step('allowing brings her back with her badge', async () => {
    await page.click('button#allow');
    await page.waitForSelector('[data-tier]');
    assert.equal(new URL(page.url()).origin, fashionboard);
    assert.equal((await page.innerText('[data-tier]')).trim(), 'Trendy Rewards VIP');
    await look('06-badge');
  });

  await step('ShopEase asks for no number and no code, and lists what it wants separately', async () => {
    const messages = (await server.inbox(ALICE)).length;
    record.documents.length = 0;
    await page.goto(shopease);
    await page.click('a#sign-in');
    await page.waitForSelector('form#consent-form');
    assert.equal(shown(record, server.issuer).length, 1, 'the consent page is the only page');
    assert.equal((await server.inbox(ALICE)).length, messages, 'no message was sent');
    const scopes = await asked(page);
    assert.ok(scopes.includes('loyalty.points.read'), `asked: ${scopes}`);
    assert.ok(scopes.includes('loyalty.points.redeem'), `asked: ${scopes}`);
    assert.ok(!scopes.includes('loyalty.tier.read'), `asked: ${scopes}`);
    await look('07-consent-shopease');
    await tickAll(page);
    await page.click('button#allow');
    await page.waitForSelector('[data-points="1240"]');
    assert.match(await text(), /1,240 points/);
    await look('08-points');
  });

  await step('redeeming 200 leaves 1,040, however often the form is sent', async () => {
    const form = await page.$$eval('form#redeem-form [name]', (all) => all.map((one) => [one.name, one.value]));
    await page.fill('form#redeem-form input#points', '200');
    // Twice in a row, as an impatient thumb does.
    await page.dblclick('button#redeem');
    await page.waitForSelector('[data-points="1040"]');
    const cookies = (await context.cookies(shopease)).map(({ name, value }) => `${name}=${value}`).join('; ');
    const body = { ...Object.fromEntries(form), points: '200' };
    const again = await request(`${shopease}/redeem`, { body, headers: { cookie: cookies, origin: shopease } });
    assert.equal(again.status, 200);
    assert.match(again.text, /data-points="1040"/);
    await page.goto(shopease);
    assert.equal(await page.getAttribute('[data-points]', 'data-points'), '1040');
    await look('09-redeemed');
  });

  await step('the next visits show no screen at all', async () => {
    for (const [origin, sign] of [[fashionboard, '[data-tier]'], [shopease, '[data-points]']]) {
      record.documents.length = 0;
      await returnVisit(page, context, origin);
      await page.waitForSelector(sign);
      assert.deepEqual(shown(record, server.issuer), []);
    }
  });

  await step('FashionBoard asking for points shows only the added permission', async () => {
    await page.goto(fashionboard);
    await page.click('a#ask-points');
    await page.waitForSelector('form#consent-form');
    assert.deepEqual(await asked(page), ['loyalty.points.read']);
    await look('10-only-the-new-permission');
    await tickAll(page);
    await page.click('button#allow');
    await page.waitForSelector('[data-points="1040"]');
    assert.equal((await page.innerText('[data-tier]')).trim(), 'Trendy Rewards VIP');
  });

  await step('she removes ShopEase in Connected apps', async () => {
    await page.goto(`${server.issuer}/account`);
    assert.equal(await page.locator('main#account').count(), 1);
    assert.ok(await page.locator('[data-client="fashionboard"]').count());
    await look('11-connected-apps');
    await page.click('form.revoke[data-client="shopease"] button');
    await page.click('form#revoke-form button#confirm-revoke');
    await page.waitForSelector('main#account');
    assert.equal(await page.locator('[data-client="shopease"]').count(), 0);
    assert.ok(await page.locator('[data-client="fashionboard"]').count());
  });

  await step('ShopEase is cut off, FashionBoard still works', async () => {
    // ShopEase reads points with a short-lived token that nobody needs to ask us about; then it must refresh.
    await server.outliveAccessTokens();
    await page.goto(shopease);
    await page.waitForSelector('main#disconnected');
    assert.match(await text(), /no longer connected/);
    record.documents.length = 0;
    await returnVisit(page, context, fashionboard);
    await page.waitForSelector('[data-tier]');
    assert.deepEqual(shown(record, server.issuer), []);
  });

  await step('ShopEase must ask again from the beginning', async () => {
    await returnVisit(page, context, shopease);
    await page.waitForSelector('form#consent-form');
    assert.ok((await asked(page)).includes('loyalty.points.read'));
  });

  await step('nothing secret was logged, and the browser had no complaint', async () => {
    const written = await server.written();
    assert.ok(!written.split(/\W/).includes(code), 'the code is in the log');
    assert.ok(!written.replaceAll(/[ -]/g, '').includes('7700900101'), 'the number is in the log');
    assert.deepEqual(record.complaints, []);
  });
}
