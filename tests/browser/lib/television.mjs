// A device without a keyboard (RFC 8628): it shows a code, and asks until its owner has decided elsewhere.

import { request } from './server.mjs';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** What the app on the device was given; `userCode` is on its screen, `complete` in its QR code. */
export async function television(server, { issuer = server.issuer, scope = 'openid profile loyalty.tier.read' } = {}) {
  const post = async (path, fields) => {
    const answer = await request(`${issuer}${path}`, { body: { client_id: 'tv-demo', ...fields } });
    return { status: answer.status, ...answer.json() };
  };
  const codes = await post('/oauth2/device/auth', { scope });
  if (codes.status !== 200) throw new Error(`no codes: ${JSON.stringify(codes)}`);
  return {
    userCode: codes.user_code,
    page: codes.verification_uri,
    complete: codes.verification_uri_complete,
    /** What it is told now: `token` if it was let in, else the error. */
    ask: async () => {
      const told = await post('/oauth2/token', { grant_type: GRANT, device_code: codes.device_code });
      return told.access_token ? 'token' : told.error;
    },
  };
}

/** Types a code where the television says, and presses the button. */
export async function typeCode(page, code) {
  await page.fill('form#device-form input#user_code', code);
  await Promise.all([page.waitForEvent('load'), page.click('button#connect')]);
}
