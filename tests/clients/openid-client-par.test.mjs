// npm `openid-client` that pushes its requests (RFC 9126), signs them (RFC 9101) and has userinfo signed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from 'openid-client';
import { attempt, discover, ownKey } from './lib/attempt.mjs';
import { Member } from './lib/member.mjs';

const ID = 'openid-client-par';

test('openid-client: a pushed request, and userinfo as a JWT', async () => {
  const key = await ownKey();
  const config = await discover(ID, client.PrivateKeyJwt(key), { userinfo_signed_response_alg: 'ES256' });
  client.enableNonRepudiationChecks(config);
  const { parameters, checks } = await attempt(ID);
  const url = await client.buildAuthorizationUrlWithPAR(config, parameters);
  assert.deepEqual([...url.searchParams.keys()].sort(), ['client_id', 'request_uri']);

  const callback = await new Member('+447700900304').through(url);
  const tokens = await client.authorizationCodeGrant(config, callback.url, checks);
  const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  assert.equal(info.name, 'Anna');
});

test('openid-client: a client that must push and has not is turned away', async () => {
  const config = await discover(ID, client.PrivateKeyJwt(await ownKey()));
  const { parameters } = await attempt(ID);
  const refused = await new Member('+447700900304').open(client.buildAuthorizationUrl(config, parameters));
  assert.equal(refused.url.searchParams.get('error') ?? refused.error, 'invalid_request');
});

test('openid-client: a signed request', async () => {
  const key = await ownKey();
  const config = await discover('openid-client-jar', client.PrivateKeyJwt(key));
  const { parameters, checks } = await attempt('openid-client-jar');
  const url = await client.buildAuthorizationUrlWithJAR(config, parameters, key);
  assert.deepEqual([...url.searchParams.keys()].sort(), ['client_id', 'request']);

  const callback = await new Member('+447700900305').through(url);
  const tokens = await client.authorizationCodeGrant(config, callback.url, checks);
  assert.ok(tokens.claims().sub);
});
