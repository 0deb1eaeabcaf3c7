// What must hold on every page, whatever it says.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';

const { source: axe } = createRequire(import.meta.url)('axe-core');

/** No accessibility rule that a machine can check is broken. */
export async function accessible(page, where) {
  // Through the debugger, so the page's content security policy stays as strict as it is.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    // Target size is WCAG 2.2 AA, but off in axe by default.
    globalThis.axe.run(document, { rules: { 'target-size': { enabled: true } } }),
  );
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => `${n.html} ${n.failureSummary}`).join('; ')}`);
  assert.deepEqual(found, [], `axe on ${where}`);
}

/** WCAG 2.2 1.4.10: nothing is cut off or scrolls sideways on the narrowest screen. */
export async function fitsNarrow(page, where) {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const wide = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    const tooWide = [...document.body.querySelectorAll('*')].filter((element) => {
      const box = element.getBoundingClientRect();
      const hidden = box.width <= 1 || box.height <= 1;
      return !hidden && (box.right > limit + 1 || box.left < -1);
    });
    return { scroll: document.documentElement.scrollWidth - limit, names: tooWide.map((e) => e.outerHTML.slice(0, 120)) };
  });
  await page.setViewportSize(before);
  assert.deepEqual(wide, { scroll: 0, names: [] }, `at 320 px: ${where}`);
}

/** The budgets of one page: weight, script, number of requests, nobody else's servers, no complaint. */
export async function light(record, where) {
  const document = record.documents.at(-1);
  const body = await document.body;
  assert.ok(Buffer.isBuffer(body), `${where}: no body: ${body}`);
  const html = body.toString();
  const scripts = [...html.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map(([, code]) => code.length);
  const script = scripts.reduce((sum, length) => sum + length, 0);
  assert.ok(gzipSync(html).length <= 14 * 1024, `${where} weighs ${gzipSync(html).length} bytes compressed`);
  assert.ok(script <= 3 * 1024, `${where} has ${script} bytes of script`);
  assert.ok(record.requests.length <= 3, `${where} makes ${record.requests.length} requests: ${record.requests}`);
  clean(record, where);
}

/** Nothing was asked of another party, and the browser had nothing to complain about. */
export function clean(record, where) {
  const { host } = new URL(record.documents.at(-1).url);
  const foreign = record.requests.filter((url) => new URL(url).host !== host);
  assert.deepEqual(foreign, [], `${where} calls others`);
  assert.deepEqual(record.complaints, [], `complaints of the browser on ${where}`);
}

/** A page that makes sense: one heading, one main part, a language; and not a failure of ours. */
export async function sensible(page, record, where) {
  const { status } = record.documents.at(-1);
  assert.ok(status < 500, `${where} answered ${status}`);
  assert.equal(await page.locator('main').count(), 1, `${where}: one main`);
  assert.equal(await page.locator('h1').count(), 1, `${where}: one heading`);
  assert.ok(await page.getAttribute('html', 'lang'), `${where}: a language`);
}
