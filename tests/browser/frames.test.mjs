// What another site can do with our pages inside a frame of its own: nothing (attack row FL1, BR3).

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { visitor } from './lib/browser.mjs';
import { ALICE, visit } from './lib/members.mjs';
import { authorization, loopbackApp } from './lib/requests.mjs';
import { stage } from './lib/stage.mjs';

const world = stage();

/** A page of a foreign site with one frame. `*.localhost` names are sites of their own to Chromium. */
async function foreignSite(t, framed) {
  const site = http.createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    const frame = framed.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    response.end(`<!doctype html><html lang="en"><title>other</title><iframe src="${frame}"></iframe>`);
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  t.after(() => {
    site.closeAllConnections();
    site.close();
  });
  return `http://elsewhere.localhost:${site.address().port}/`;
}

/** Every HTML answer of `origin` that went into a frame, with its status. */
function inFrames(page, origin) {
  const seen = [];
  page.on('response', (response) => {
    const html = (response.headers()['content-type'] ?? '').startsWith('text/html');
    const passed = response.status() >= 300 && response.status() < 400;
    if (html && !passed && response.frame() !== page.mainFrame() && response.url().startsWith(origin)) {
      seen.push(`${response.status()} ${response.url()}`);
    }
  });
  return seen;
}

test('fl1 prompt=none in a frame of another site answers by redirect only, whoever is signed in', async (t) => {
  const { server, browser } = world;
  const app = await loopbackApp();
  t.after(() => app.close());
  for (const signedIn of [false, true]) {
    const { context, page } = await visitor(browser);
    t.after(() => context.close());
    if (signedIn) await visit(server, page, ALICE);
    const seen = inFrames(page, server.issuer);
    const silent = authorization(server, { client_id: 'spa-demo', redirect_uri: app.redirectUri, prompt: 'none' });
    await page.goto(await foreignSite(t, silent.url));
    await page.frameLocator('iframe').locator('main#app').waitFor();
    const answer = app.callbacks.at(-1);
    // The cookie is SameSite=Lax, so even a member who is signed in is a stranger here.
    assert.equal(answer.error, 'login_required');
    assert.equal(answer.state, silent.state);
    assert.equal(answer.iss, server.issuer);
    assert.deepEqual(seen, []);
  }
});

test('br3 no page can be shown in a frame of another site', async (t) => {
  const { server, browser } = world;
  const { context, page } = await visitor(browser);
  t.after(() => context.close());
  await visit(server, page, ALICE);
  const addresses = [
    authorization(server).url,
    `${server.issuer}/account`,
    `${server.issuer}/oauth2/sessions/logout`,
    authorization(server, { redirect_uri: 'https://elsewhere.example/' }).url,
  ];
  for (const address of addresses) {
    await page.goto(await foreignSite(t, address), { waitUntil: 'load' });
    const frame = page.frames().find((one) => one !== page.mainFrame());
    assert.equal(await frame.locator('main').count(), 0, `shown in a frame: ${address}`);
  }
});

test('fl1 prompt=none in the main window never shows a page either', async (t) => {
  const { server, browser } = world;
  const app = await loopbackApp();
  t.after(() => app.close());
  const { context, page, record } = await visitor(browser);
  t.after(() => context.close());
  const silent = authorization(server, { client_id: 'spa-demo', redirect_uri: app.redirectUri, prompt: 'none' });
  await page.goto(silent.url);
  assert.equal(app.callbacks.at(-1).error, 'login_required');
  await visit(server, page, ALICE);
  record.documents.length = 0;
  await page.goto(silent.url);
  assert.equal(app.callbacks.at(-1).error, 'consent_required');
  assert.deepEqual(record.documents.filter(({ url }) => url.startsWith(server.issuer)), []);
});
