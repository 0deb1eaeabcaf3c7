// The whole sign-in by keyboard alone, with the focus visible at every stop (WCAG 2.2 2.1.1, 2.4.3, 2.4.7).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visitor } from './lib/browser.mjs';
import { ALICE, newestCode } from './lib/members.mjs';
import { stage } from './lib/stage.mjs';

const world = stage();

/** Presses Tab until the element has the focus, looking at every stop on the way. */
async function tabTo(page, selector) {
  for (let presses = 0; presses < 30; presses++) {
    const stop = await page.evaluate((wanted) => {
      const element = document.activeElement;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      return {
        name: element.outerHTML.slice(0, 100),
        isBody: element === document.body,
        there: element.matches(wanted),
        visible: (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none',
      };
    }, selector);
    if (!stop.isBody) assert.ok(stop.visible, `the focus cannot be seen on ${stop.name}`);
    if (stop.there) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${selector} cannot be reached with Tab`);
}

test('from the app to the badge without a pointer', async (t) => {
  const { server, browser } = world;
  const { context, page } = await visitor(browser, { viewport: { width: 1280, height: 800 } });
  t.after(() => context.close());
  await page.goto(server.url('fashionboard.localhost'));
  await tabTo(page, 'a#sign-in');
  await page.keyboard.press('Enter');
  await page.waitForSelector('form#phone-form');

  await tabTo(page, 'input#phone');
  await page.keyboard.type('07700 900101');
  await tabTo(page, 'button#continue');
  await page.keyboard.press('Enter');
  await page.waitForSelector('form#code-form');

  // A wrong code first: the error must lead back to the field.
  const code = await newestCode(server, ALICE);
  await tabTo(page, 'input#code');
  await page.keyboard.type(code === '000000' ? '000001' : '000000');
  await page.keyboard.press('Enter');
  await page.waitForSelector('form#code-form [aria-invalid="true"]');
  assert.match(await page.title(), /^Error: /);
  await tabTo(page, 'input#code');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
  await page.waitForSelector('form#consent-form');

  assert.ok(
    await page.evaluate(() => !document.activeElement.matches('button#allow, button#deny')),
    'no decision is made for her by the focus',
  );
  await tabTo(page, 'button#deny');
  await page.keyboard.press('Shift+Tab');
  await tabTo(page, 'button#allow');
  await page.keyboard.press('Space');
  await page.waitForSelector('[data-tier]');
});

test('Enter in a field sends its own form', async (t) => {
  const { server, browser } = world;
  const { context, page } = await visitor(browser);
  t.after(() => context.close());
  await page.goto(server.url('shopease.localhost'));
  await page.click('a#sign-in');
  const known = (await server.inbox(ALICE)).length;
  await page.focus('input#phone');
  await page.keyboard.type('+447700900101');
  await page.keyboard.press('Enter');
  await page.waitForSelector('form#code-form');
  // The code form has two more ways out of it (resend, change number); Enter must mean "verify".
  await page.focus('input#code');
  await page.keyboard.type(await newestCode(server, ALICE, known));
  await page.keyboard.press('Enter');
  await page.waitForSelector('form#consent-form');
});
