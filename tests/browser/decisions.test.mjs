// What a member may decide differently: not to allow, to be someone else, to sign out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { screenshot, shown, visitor } from './lib/browser.mjs';
import { ALICE, BOB, visit, returnVisit, signIn, tickAll } from './lib/members.mjs';
import { authorization, loopbackApp } from './lib/requests.mjs';
import { stage } from './lib/stage.mjs';

const world = stage();

test('denying returns access_denied to the app and keeps her signed in', async (t) => {
  const { server, browser } = world;
  const { context, page, record } = await visitor(browser);
  t.after(() => context.close());
  const fashionboard = server.url('fashionboard.localhost');
  await page.goto(fashionboard);
  await page.click('a#sign-in');
  await signIn(server, page, BOB);
  await page.click('form#consent-form button#deny');
  await page.waitForSelector('main#error[data-error="access_denied"]');
  const answer = new URL(record.navigations.findLast((url) => url.startsWith(`${fashionboard}/callback`))).searchParams;
  assert.equal(answer.get('error'), 'access_denied');
  assert.equal(answer.get('iss'), server.issuer);
  assert.ok(answer.get('state'));
  assert.equal(answer.get('code'), null);

  record.documents.length = 0;
  await returnVisit(page, context, fashionboard);
  await page.waitForSelector('form#consent-form');
  assert.equal(shown(record, server.issuer).length, 1, 'consent is asked again, number and code are not');
});

test('"Not you?" on the consent page switches the member', async (t) => {
  const { server, browser } = world;
  const { context, page } = await visitor(browser);
  t.after(() => context.close());
  await visit(server, page, ALICE);
  await page.goto(server.url('shopease.localhost'));
  await page.click('a#sign-in');
  await page.waitForSelector('form#consent-form');
  await page.click('a#not-you');
  await page.waitForSelector('form#phone-form');
  assert.ok(!(await page.inputValue('input#phone')).includes('900101'), 'the other number is not filled in');
  await signIn(server, page, BOB);
  await page.waitForSelector('form#consent-form');
  await screenshot(page, 'switched-to-bob');
  await tickAll(page);
  await page.click('button#allow');
  await page.waitForSelector('[data-points="85"]');
  // The brand, too, knows Bob now and not Alice.
  await returnVisit(page, context, server.url('fashionboard.localhost'));
  await page.waitForSelector('form#consent-form');
});

test('an app can let her choose: go on as Alice, or be someone else', async (t) => {
  const { server, browser } = world;
  const app = await loopbackApp();
  t.after(() => app.close());
  const { context, page } = await visitor(browser);
  t.after(() => context.close());
  await visit(server, page, ALICE);
  const choose = authorization(server, {
    client_id: 'spa-demo',
    redirect_uri: app.redirectUri,
    prompt: 'select_account',
  });
  await page.goto(choose.url);
  await page.waitForSelector('form#phone-form');
  assert.match(await page.innerText('button#continue-as'), /•+\s*••0101/);
  await page.click('button#continue-as');
  await page.waitForSelector('form#consent-form');
  await tickAll(page);
  await page.click('button#allow');
  await page.waitForSelector('main#app');
  const messages = (await server.inbox(ALICE)).length;

  // With nothing left to ask, choosing leads from the phone page straight to the app.
  await page.goto(choose.url);
  await page.click('button#continue-as');
  await page.waitForSelector('main#app');
  assert.equal((await server.inbox(ALICE)).length, messages, 'no code was needed');
  await page.goto(choose.url);
  await signIn(server, page, BOB);
  await page.waitForSelector('form#consent-form');
});

test('signing out at an app ends the session at the brand, after asking where nobody can vouch for her', async (t) => {
  const { server, browser } = world;
  const { context, page, record } = await visitor(browser);
  t.after(() => context.close());
  await visit(server, page, ALICE);

  // Anyone can link here: without a hint it asks first, and until then she stays signed in.
  await page.goto(`${server.issuer}/oauth2/sessions/logout`);
  await page.waitForSelector('form#logout-form button#confirm-logout');
  record.documents.length = 0;
  await returnVisit(page, context, server.url('fashionboard.localhost'));
  await page.waitForSelector('[data-tier]');
  assert.deepEqual(shown(record, server.issuer), []);

  // The app that signed her in says who it means.
  await page.click('a#sign-out');
  await page.waitForSelector('main#signed-out');
  await page.goto(authorization(server).url);
  await page.waitForSelector('form#phone-form');
});

test('confirming the sign-out ends the session', async (t) => {
  const { server, browser } = world;
  const { context, page } = await visitor(browser);
  t.after(() => context.close());
  await visit(server, page, ALICE);
  await page.goto(`${server.issuer}/oauth2/sessions/logout`);
  await page.click('form#logout-form button#confirm-logout');
  await page.waitForSelector('main#signed-out');
  assert.equal(new URL(page.url()).origin, server.issuer);
  await page.goto(authorization(server).url);
  await page.waitForSelector('form#phone-form');
});
