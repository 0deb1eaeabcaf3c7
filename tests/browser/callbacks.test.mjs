// Chromium enforces a page's `form-action` on every redirect that follows the form. Too strict a policy makes "Allow"
// do nothing at all, so every kind of callback is really reached here, straight from the consent form (attack row BR4).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visitor } from './lib/browser.mjs';
import { ALICE, BOB, signIn, tickAll, visit } from './lib/members.mjs';
import { authorization, loopbackApp } from './lib/requests.mjs';
import { request } from './lib/server.mjs';
import { stage } from './lib/stage.mjs';

const world = stage();

for (const js of [true, false]) {
  for (const app of ['fashionboard', 'shopease']) {
    test(`br4 ${app} gets its callback ${js ? 'with' : 'without'} JavaScript`, async (t) => {
      const { server, browser } = world;
      const { context, page, record } = await visitor(browser, { js });
      t.after(() => context.close());
      // `prompt=consent` is what an app adds for the question to be asked again.
      await page.goto(server.url(`${app}.localhost`));
      await page.click('a#sign-in');
      await page.waitForSelector('form#phone-form');
      await page.goto(`${record.navigations.findLast((url) => url.includes('/oauth2/auth?'))}&prompt=consent`);
      await signIn(server, page, js ? ALICE : BOB);
      await page.waitForSelector('form#consent-form');
      await tickAll(page);
      await page.click('button#allow');
      await page.waitForSelector('a#sign-out');
      const callback = new URL(record.navigations.findLast((url) => new URL(url).pathname === '/callback'));
      assert.equal(callback.origin, server.url(`${app}.localhost`));
      assert.ok(callback.searchParams.get('code'));
      assert.equal(callback.searchParams.get('iss'), server.issuer);
      assert.deepEqual(record.complaints, []);
    });
  }
}

test('br4 a member with nothing left to ask gets from the code page straight to the app', async (t) => {
  const { server, browser } = world;
  for (const js of [true, false]) {
    const { context, page, record } = await visitor(browser, { js });
    // Twice on the same phone, with everything forgotten in between but her consent.
    for (let times = 0; times < 2; times++) {
      await context.clearCookies();
      await visit(server, page, ALICE);
    }
    assert.deepEqual(record.complaints, []);
    assert.equal(await page.locator('[data-tier]').count(), 1);
    await context.close();
  }
});

test('br4 a native app gets its callback on the port it happens to listen on', async (t) => {
  const { server, browser } = world;
  const app = await loopbackApp();
  t.after(() => app.close());
  const { context, page, record } = await visitor(browser);
  t.after(() => context.close());
  const asked = authorization(server, {
    client_id: 'spa-demo',
    redirect_uri: app.redirectUri,
    scope: 'openid profile loyalty.tier.read',
  });
  await page.goto(asked.url);
  await signIn(server, page, ALICE);
  await page.waitForSelector('form#consent-form');
  await tickAll(page);
  await page.click('button#allow');
  await page.waitForSelector('main#app');
  assert.deepEqual(record.complaints, []);
  assert.equal(app.callbacks.length, 1);
  const [answer] = app.callbacks;
  assert.equal(answer.state, asked.state);
  assert.equal(answer.iss, server.issuer);

  const exchange = {
    grant_type: 'authorization_code',
    client_id: 'spa-demo',
    code: answer.code,
    redirect_uri: app.redirectUri,
    code_verifier: asked.verifier,
  };
  const tokens = await request(`${server.issuer}/oauth2/token`, { body: exchange });
  assert.equal(tokens.status, 200, tokens.text);
  const claims = JSON.parse(Buffer.from(tokens.json().id_token.split('.')[1], 'base64url').toString());
  assert.equal(claims.iss, server.issuer);
  assert.equal(claims.aud, 'spa-demo');
  assert.equal(claims.nonce, asked.nonce);
});

test('br4 denying reaches the callback too', async (t) => {
  const { server, browser } = world;
  const app = await loopbackApp();
  t.after(() => app.close());
  const { context, page, record } = await visitor(browser);
  t.after(() => context.close());
  const asked = authorization(server, { client_id: 'spa-demo', redirect_uri: app.redirectUri, prompt: 'consent' });
  await page.goto(asked.url);
  await signIn(server, page, BOB);
  await page.click('form#consent-form button#deny');
  await page.waitForSelector('main#app');
  assert.deepEqual(record.complaints, []);
  assert.equal(app.callbacks[0].error, 'access_denied');
  assert.equal(app.callbacks[0].state, asked.state);
});
