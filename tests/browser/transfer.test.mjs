// From the brand's own app to a partner. Chromium holds the page's `form-action` against the whole way: to the partner,
// back to the brand for the sign-in, and to the partner's callback.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { screenshot, shown, visitor } from './lib/browser.mjs';
import { accessible, fitsNarrow, light } from './lib/checks.mjs';
import { ALICE, signIn, tickAll } from './lib/members.mjs';
import { authorization, loopbackApp } from './lib/requests.mjs';
import { request } from './lib/server.mjs';
import { stage } from './lib/stage.mjs';

const world = stage();

/** Alice signs in in the app, in a browser that is then forgotten. Returns the app's refresh token. */
async function appOfAlice(t) {
  const { server, browser } = world;
  const app = await loopbackApp();
  t.after(() => app.close());
  const { context, page } = await visitor(browser);
  const asked = authorization(server, {
    client_id: 'brand-app',
    redirect_uri: app.redirectUri,
    scope: 'openid profile offline_access',
  });
  await page.goto(asked.url);
  await signIn(server, page, ALICE);
  await page.waitForSelector('form#consent-form, main#app');
  if (await page.locator('form#consent-form').count()) await page.click('button#allow');
  await page.waitForSelector('main#app');
  await context.close();
  const body = {
    grant_type: 'authorization_code',
    client_id: 'brand-app',
    code: app.callbacks[0].code,
    redirect_uri: app.redirectUri,
    code_verifier: asked.verifier,
  };
  const tokens = await request(`${server.issuer}/oauth2/token`, { body });
  assert.equal(tokens.status, 200, tokens.text);
  return tokens.json().refresh_token;
}

async function transfer(refreshToken, audience) {
  const type = (name) => `urn:ietf:params:oauth:token-type:${name}`;
  const body = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    client_id: 'brand-app',
    subject_token: refreshToken,
    subject_token_type: type('refresh_token'),
    requested_token_type: 'urn:symbolon:params:oauth:token-type:session-transfer',
    audience,
  };
  const answer = await request(`${world.server.issuer}/oauth2/token`, { body });
  assert.equal(answer.status, 200, answer.text);
  return `${world.server.issuer}/session/transfer?token=${answer.json().access_token}`;
}

for (const js of [true, false]) {
  test(`br4 one press leads from the app to ShopEase ${js ? 'with' : 'without'} JavaScript`, async (t) => {
    const { server, browser } = world;
    const refreshToken = await appOfAlice(t);
    const messages = (await server.inbox(ALICE)).length;
    const { context, page, record } = await visitor(browser, { js });
    t.after(() => context.close());
    await page.goto(await transfer(refreshToken, 'shopease'));
    assert.match(await page.innerText('h1'), /0101/);
    assert.ok(!page.url().includes('token='));
    if (js) await screenshot(page, 'transfer');
    await light(record, 'transfer');
    if (js) {
      await accessible(page, 'transfer');
      await fitsNarrow(page, 'transfer');
    }
    await page.click('button#continue');
    await page.waitForSelector('form#consent-form, a#sign-out');
    if (await page.locator('form#consent-form').count()) {
      await tickAll(page);
      await page.click('button#allow');
      await page.waitForSelector('a#sign-out');
    }
    const callback = new URL(record.navigations.findLast((url) => new URL(url).pathname === '/callback'));
    assert.equal(callback.origin, server.url('shopease.localhost'));
    assert.ok(callback.searchParams.get('code'));
    assert.ok(shown(record, server.issuer).every((url) => !url.includes('/login')));
    assert.equal((await server.inbox(ALICE)).length, messages);
    assert.deepEqual(record.complaints, []);
  });
}
