// npm `openid-client` as a web application with a secret: PKCE, userinfo, refresh, revocation and logout.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from 'openid-client';
import { attempt, discover } from './lib/attempt.mjs';
import { Member } from './lib/member.mjs';

const ID = 'openid-client';
const SIGNED_OUT = `https://${ID}.example/signed-out`;

const application = () => discover(ID, client.ClientSecretBasic('secret of openid-client: 100% + more'));

async function signIn(config, member, more) {
  const { parameters, checks } = await attempt(ID, more);
  const { url } = await member.through(client.buildAuthorizationUrl(config, parameters));
  return client.authorizationCodeGrant(config, url, checks);
}

test('openid-client: every address that the metadata name is https', async () => {
  const addresses = Object.entries((await application()).serverMetadata()).filter(
    ([name, value]) => typeof value === 'string' && /^issuer$|_endpoint$|_uri$/.test(name),
  );
  assert.ok(addresses.length > 8);
  for (const [name, value] of addresses) assert.match(value, /^https:/, name);
});

test('openid-client: sign-in, userinfo, silent return, refresh, logout', async () => {
  const config = await application();
  const member = new Member('+447700900301');
  const tokens = await signIn(config, member);
  const { sub, sid } = tokens.claims();
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, sub)).name, 'Olive');

  const silent = await signIn(config, member, { prompt: 'none' });
  assert.equal(silent.claims().sid, sid);

  const fresh = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.equal(fresh.claims().sub, sub);
  assert.notEqual(fresh.access_token, tokens.access_token);

  const leave = { id_token_hint: fresh.id_token, post_logout_redirect_uri: SIGNED_OUT, state: 'bye' };
  const left = await member.open(client.buildEndSessionUrl(config, leave));
  assert.equal(left.url.href, `${SIGNED_OUT}?state=bye`);
  await assert.rejects(signIn(config, member, { prompt: 'none' }), { error: 'login_required' });
});

test('openid-client: the answer in a form, one claim by name, another algorithm', async () => {
  const config = await discover('openid-client-form', client.ClientSecretPost('secret of openid-client-form'), {
    id_token_signed_response_alg: 'PS256',
  });
  client.enableNonRepudiationChecks(config);
  const claims = JSON.stringify({ id_token: { name: { essential: true } } });
  const { parameters, checks } = await attempt('openid-client-form', {
    scope: 'openid profile',
    response_mode: 'form_post',
    claims,
  });
  const { url, form } = await new Member('+447700900301').through(client.buildAuthorizationUrl(config, parameters));
  assert.equal(url.search, '');
  const posted = new Request(url, { method: 'POST', body: form });
  const tokens = await client.authorizationCodeGrant(config, posted, checks);
  assert.equal(tokens.claims().name, 'Olive');
});

test('openid-client: what is revoked works no more, there and then', async () => {
  const config = await application();
  const tokens = await signIn(config, new Member('+447700900302'));
  const { sub } = tokens.claims();
  await client.tokenRevocation(config, tokens.refresh_token, { token_type_hint: 'refresh_token' });
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' });
  await assert.rejects(client.fetchUserInfo(config, tokens.access_token, sub), { status: 401 });
});

test('openid-client: an API asks what a token is worth, and is told in a signed answer', async () => {
  const [config, api] = [
    await application(),
    await discover('points-api', client.ClientSecretBasic('secret of points-api'), {
      introspection_signed_response_alg: 'ES256',
    }),
  ];
  client.enableNonRepudiationChecks(api);
  const tokens = await signIn(config, new Member('+447700900303'), { scope: 'openid offline_access points.read' });

  const alive = await client.tokenIntrospection(api, tokens.access_token);
  assert.equal(alive.active, true);
  assert.equal(alive.client_id, ID);
  assert.match(alive.scope, /points\.read/);

  await client.tokenRevocation(config, tokens.access_token);
  assert.deepEqual(await client.tokenIntrospection(api, tokens.access_token), { active: false });
});
