// The demo's people, and the steps a person takes on the provider's pages.

export const ALICE = '+447700900101';
export const BOB = '+447700900102';

/** The newest code sent to a number. Waits: sending is not part of the answer that shows the code page. */
export async function newestCode(server, number, known = 0) {
  for (let tries = 0; tries < 100; tries++) {
    const messages = await server.inbox(number);
    if (messages.length > known) return messages[0].code;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`no message for ${number}`);
}

/** Phone page to code page. Returns how many messages the number had before. */
export async function enterNumber(server, page, number) {
  const known = (await server.inbox(number)).length;
  await page.fill('form#phone-form input#phone', number);
  await page.click('button#continue');
  await page.waitForSelector('form#code-form');
  return known;
}

/** Phone page to whatever follows the right code. */
export async function signIn(server, page, number) {
  const known = await enterNumber(server, page, number);
  const code = await newestCode(server, number, known);
  await page.fill('form#code-form input#code', code);
  await page.click('button#verify');
  await page.waitForSelector('form#code-form', { state: 'detached' });
  return code;
}

/** From an app's first page to being signed in there, allowing whatever is still asked. */
export async function visit(server, page, number, app = 'fashionboard') {
  await page.goto(server.url(`${app}.localhost`));
  await page.click('a#sign-in');
  await signIn(server, page, number);
  await page.waitForSelector('form#consent-form, a#sign-out');
  if (await page.locator('form#consent-form').count()) {
    await tickAll(page);
    await page.click('button#allow');
    await page.waitForSelector('a#sign-out');
  }
}

/** Ticks every optional permission of a consent page. */
export async function tickAll(page) {
  for (const box of await page.locator('form#consent-form input[type=checkbox]').all()) await box.check();
}

/** Comes back to an app that has forgotten her (the brand has not) and presses its sign-in. */
export async function returnVisit(page, context, origin) {
  await context.clearCookies({ domain: new URL(origin).hostname });
  await page.goto(origin);
  await page.click('a#sign-in');
}

/** The names of the permissions a consent page asks for now, apart from those it lists as already allowed. */
export function asked(page) {
  return page.$$eval('form#consent-form [data-scope]', (all) =>
    all.filter((one) => !one.closest('details')).map((one) => one.dataset.scope),
  );
}
