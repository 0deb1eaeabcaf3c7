// npm `openid-client` as a public application whose tokens are bound to a key it holds (RFC 9449).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from 'openid-client';
import { attempt, discover } from './lib/attempt.mjs';
import { Member } from './lib/member.mjs';

const ID = 'openid-client-dpop';

test('openid-client: tokens bound to a key, from the code to the last refresh', async () => {
  const config = await discover(ID, client.None());
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
  const { parameters, checks } = await attempt(ID, { dpop_jkt: await DPoP.calculateThumbprint() });
  const callback = await new Member('+447700900306').through(client.buildAuthorizationUrl(config, parameters));
  const tokens = await client.authorizationCodeGrant(config, callback.url, checks, undefined, { DPoP });
  const { sub } = tokens.claims();
  // The library writes it in lower case.
  assert.equal(tokens.token_type, 'dpop');
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).name, 'Rosa');

  const fresh = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  assert.equal((await client.fetchUserInfo(config, fresh.access_token, sub, { DPoP })).name, 'Rosa');

  // Whoever finds the tokens can do nothing with them.
  await assert.rejects(client.fetchUserInfo(config, fresh.access_token, sub), { status: 401 });
  const thief = { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) };
  await assert.rejects(client.fetchUserInfo(config, fresh.access_token, sub, thief), { status: 401 });
  await assert.rejects(client.refreshTokenGrant(config, fresh.refresh_token, undefined, thief), { status: 400 });
});
