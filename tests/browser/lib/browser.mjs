// Debian's Chromium, and a record of everything a page does that a page of ours must not do.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { withPalette } from './png.mjs';
import { root, targetDir } from './server.mjs';
import { target } from './target.mjs';

/** A phone held upright: what most members sign in with. */
const PHONE = { width: 390, height: 780 };

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      // Root in a container has no user namespace to sandbox in; only pages of this project are opened.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A browser of its own: cookie jar, language and, where asked, JavaScript switched off. */
export async function visitor(browser, { js = true, locale = 'en-GB', ...more } = {}) {
  const context = await browser.newContext({
    javaScriptEnabled: js,
    locale,
    viewport: PHONE,
    deviceScaleFactor: 2,
    ...more,
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  return { context, page, record: watch(page) };
}

/** Records what a page loads and complains about. `documents` are main-frame HTML answers, newest last. */
export function watch(page) {
  const record = { documents: [], navigations: [], requests: [], complaints: [] };
  const complain = (text) => {
    record.complaints.push(text);
    // Printed as well: a form that the browser refused to send looks like a timeout otherwise.
    console.error(`the browser at ${page.url()} says ${text}`);
  };
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) {
      record.navigations.push(request.url());
      if (!request.redirectedFrom()) record.requests = [];
    }
    // `data:` goes nowhere.
    if (request.url().startsWith('http')) record.requests.push(request.url());
  });
  page.on('response', (response) => {
    const request = response.request();
    if (!request.isNavigationRequest() || request.frame() !== page.mainFrame()) return;
    // A redirect is passed through, not rendered.
    if (response.status() >= 300 && response.status() < 400) return;
    if (!(response.headers()['content-type'] ?? '').startsWith('text/html')) return;
    // The rendered page's own requests start here.
    record.requests = [response.url()];
    const body = response.body().catch((error) => error);
    record.documents.push({ url: response.url(), status: response.status(), headers: response.headers(), body });
  });
  page.on('pageerror', (error) => complain(`exception: ${error.message}`));
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    // Chromium reports the status of a page that is an error page on purpose as an error of its own.
    const about = message.location().url;
    const ofThePage = about === page.url() || record.documents.some(({ url }) => url === about);
    if (message.text().startsWith('Failed to load resource') && ofThePage) return;
    complain(`${message.type()}: ${message.text().trim()}`);
  });
  page.on('dialog', (dialog) => {
    complain(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  return record;
}

/** Pages of `origin` that were shown, not merely passed through. */
export function shown(record, origin) {
  return record.documents.filter(({ url }) => new URL(url).origin === origin).map(({ url }) => url);
}

/** Saves a screenshot for people to look at. */
export async function screenshot(page, name, options = {}) {
  const folder = path.join(targetDir, 'screenshots', target);
  mkdirSync(folder, { recursive: true });
  const image = await page.screenshot({ animations: 'disabled', ...options });
  writeFileSync(path.join(folder, `${name}.png`), image);
  return image;
}

/** A picture for the README, if PICTURES names a folder. */
export async function picture(page, name) {
  const image = await screenshot(page, name);
  if (!process.env.PICTURES) return;
  const folder = path.resolve(root, process.env.PICTURES);
  mkdirSync(folder, { recursive: true });
  const small = withPalette(image);
  if (small.length > 60 * 1024) throw new Error(`picture ${name} is ${small.length} bytes`);
  writeFileSync(path.join(folder, `${name}.png`), small);
}
