// npm `oidc-client-ts` in Chromium: an application without a server, its script calling the provider across origins.

import assert from 'node:assert/strict';
import { X509Certificate, createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { newestCode } from './lib/phone.mjs';

const home = process.env.SPA;
const library = createRequire(import.meta.url).resolve('oidc-client-ts').replace(/dist.*/, 'dist/browser/oidc-client-ts.js');
const page = readFileSync(new URL('oidc-client-ts.html', import.meta.url));

let settings, server, browser;

before(async () => {
  server = http.createServer(({ url }, response) => {
    if (url === '/settings.json') response.end(JSON.stringify(settings));
    else if (url === '/oidc-client-ts.js') response.end(readFileSync(library));
    else response.setHeader('content-type', 'text/html').end(page);
  });
  server.listen(new URL(home).port, '127.0.0.1');
  await once(server, 'listening');
  // Chromium trusts the one key of the provider's certificate, and no other.
  const { publicKey } = new X509Certificate(readFileSync(process.env.NODE_EXTRA_CA_CERTS));
  const key = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('base64');
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', `--ignore-certificate-errors-spki-list=${key}`],
  });
});
after(async () => {
  await browser?.close();
  server.closeAllConnections();
  server.close();
});

/** Sign-in, userinfo, refresh and logout, by pressing the application's buttons. */
async function walk(number, name, tokenType) {
  const context = await browser.newContext();
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => complaints.push(message.text()));
  const says = (text) => page.getByText(text, { exact: true }).waitFor();
  try {
    await page.goto(home);
    await says('nobody');
    await page.click('#sign-in');
    await page.fill('input#phone', number);
    await page.click('button#continue');
    await page.waitForSelector('form#code-form');
    await page.fill('input#code', await newestCode(number));
    await page.click('button#verify');
    await page.click('button#allow');
    // The code exchanged and userinfo read, both by script.
    await says(`${name}, ${tokenType}, 1 tokens seen`);
    await page.click('#refresh');
    await says(`${name}, ${tokenType}, 2 tokens seen`);
    await page.click('#sign-out');
    await says('nobody');
    assert.equal(new URL(page.url()).origin, home);
    await page.click('#sign-in');
    await page.waitForSelector('form#phone-form');
  } catch (error) {
    const said = [await page.innerText('body'), ...complaints].join('\n');
    throw new Error(`at ${page.url()}, where this is said:\n${said}`, { cause: error });
  } finally {
    await context.close();
  }
}

test('oidc-client-ts: sign-in, userinfo, refresh, logout, from another origin', async () => {
  settings = { authority: process.env.SYMBOLON_ISSUER, client_id: 'oidc-client-ts' };
  await walk('+447700900310', 'Sofia', 'Bearer');
});

test('oidc-client-ts: the same with tokens bound to a key that never leaves the browser', async () => {
  settings = { authority: process.env.SYMBOLON_ISSUER, client_id: 'oidc-client-ts-dpop', dpop: true };
  await walk('+447700900311', 'Sam', 'DPoP');
});
