// What a test file needs around it: a provider and a browser of its own, and steps that stop at the first failure.

import { after, before } from 'node:test';
import { launch, screenshot } from './browser.mjs';
import { start } from './target.mjs';

/** Starts both before the file's first test and ends them after its last. */
export function stage() {
  const world = {};
  before(async () => {
    world.server = await start();
    world.browser = await launch();
  });
  after(async () => {
    await world.browser?.close();
    await world.server?.stop();
  });
  return world;
}

/**
 * A walk as named subtests. After the first failure the rest is reported as failed too, without running: nothing
 * after it means anything.
 */
export function walk(t, page, prefix) {
  let broken;
  return (name, action) =>
    t.test(name, async () => {
      if (broken) throw new Error(`not reached: "${broken}" failed`);
      try {
        await action();
      } catch (error) {
        broken = name;
        await screenshot(page, `failed-${prefix}-${name.replaceAll(/[^a-z0-9]+/gi, '-')}`).catch(() => {});
        const text = await page.innerText('body', { timeout: 1_000 }).catch(() => '');
        error.message += `\nat ${page.url()}, which says:\n${text.slice(0, 600)}`;
        throw error;
      }
    });
}
