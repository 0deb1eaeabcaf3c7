// A client of the FAPI 2.0 Security Profile: private_key_jwt, PAR, PKCE, DPoP; and each shortcut it might take.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as client from 'openid-client';
import { attempt, discover, ownKey, ownRsaKey } from './lib/attempt.mjs';
import { Member } from './lib/member.mjs';

const ID = 'fapi';
const member = new Member('+447700900307');
let config, DPoP, thief;

before(async () => {
  config = await discover(ID, client.PrivateKeyJwt(await ownKey()), { id_token_signed_response_alg: 'ES256' });
  client.enableNonRepudiationChecks(config);
  DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
  thief = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
});

/** The same client, authenticating differently. */
async function as(authentication) {
  return new client.Configuration(config.serverMetadata(), ID, undefined, authentication);
}

/** An assertion that is not quite as it should be. */
const assertion = async (change) =>
  client.PrivateKeyJwt(await ownKey(), { [client.modifyAssertion]: (_, claims) => void change(claims) });

/** Pushes a request; `more` changes it. Answers where the browser goes, and what is remembered. */
async function push(more, configuration = config) {
  const { parameters, checks } = await attempt(ID, more);
  for (const [name, value] of Object.entries(parameters)) if (value === undefined) delete parameters[name];
  return { url: await client.buildAuthorizationUrlWithPAR(configuration, parameters, { DPoP }), checks };
}

const redeem = (callback, checks, parameters, proof = { DPoP }) =>
  client.authorizationCodeGrant(config, callback, checks, parameters, proof);

async function signIn() {
  const { url, checks } = await push();
  return redeem((await member.through(url)).url, checks);
}

/** What the provider said, in the body or in `WWW-Authenticate`. */
async function refused(call, shortcut, ...errors) {
  const said = await call.then(
    () => 'nothing',
    (problem) => problem.error ?? problem.cause?.[0]?.parameters?.error ?? problem.stack,
  );
  assert.ok(errors.includes(said), `${shortcut}: the provider said ${said} instead of ${errors.join(' or ')}`);
}

test('FAPI 2.0: the whole flow', async () => {
  const tokens = await signIn();
  const { sub } = tokens.claims();
  assert.equal(tokens.token_type, 'dpop');
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).name, 'Fay');
  const fresh = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  assert.equal((await client.fetchUserInfo(config, fresh.access_token, sub, { DPoP })).name, 'Fay');
  assert.equal(fresh.refresh_token, undefined, 'a confidential client keeps the one it has');
  await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  await client.tokenRevocation(config, tokens.refresh_token);
  await assert.rejects(client.fetchUserInfo(config, fresh.access_token, sub, { DPoP }), { status: 401 });
});

test('FAPI 2.0: the browser carries nothing but the reference', async () => {
  const { parameters } = await attempt(ID);
  const direct = await member.open(client.buildAuthorizationUrl(config, parameters));
  assert.equal(direct.url.searchParams.get('error') ?? direct.error, 'invalid_request', 'not pushed');

  const { url, checks } = await push();
  url.searchParams.set('scope', 'openid');
  url.searchParams.set('redirect_uri', 'https://attacker.example/');
  const callback = await member.through(url);
  assert.equal(callback.url.hostname, 'fapi.example');
  assert.match((await redeem(callback.url, checks)).scope, /profile/, 'what is beside the reference counts for nothing');
  assert.equal((await member.open(url)).status, 400, 'a reference is used once');

  const other = (await push()).url;
  other.searchParams.set('client_id', 'openid-client-par');
  assert.equal((await member.open(other)).status, 400, "another client's reference");
});

test('FAPI 2.0: a request that is weaker is not taken', async () => {
  for (const [more, ...errors] of [
    [{ code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
    [{ code_challenge_method: undefined }, 'invalid_request'],
    [{ response_type: 'code id_token' }, 'unsupported_response_type'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ redirect_uri: 'https://fapi.example/callback/' }, 'invalid_request'],
    [{ redirect_uri: 'http://fapi.example/callback' }, 'invalid_request'],
    [{ redirect_uri: undefined }, 'invalid_request'],
    [{ request_uri: 'urn:ietf:params:oauth:request_uri:another' }, 'invalid_request'],
    [{ dpop_jkt: await thief.calculateThumbprint() }, 'invalid_request', 'invalid_dpop_proof'],
  ]) {
    await refused(push(more), JSON.stringify(more), ...errors);
  }
});

test('FAPI 2.0: a client that proves less is not let in', async () => {
  const { token_endpoint, issuer } = config.serverMetadata();
  const seen = [];
  const twice = (claims) => (claims.jti = seen[0] ?? (seen[0] = claims.jti));
  await push({}, await as(await assertion(twice)));
  for (const authentication of [
    client.None(),
    client.ClientSecretPost('a secret that it does not have'),
    client.ClientSecretBasic('a secret that it does not have'),
    client.ClientSecretJwt('a secret that it does not have'),
    await assertion(twice),
    await assertion((claims) => (claims.aud = token_endpoint)),
    await assertion((claims) => (claims.aud = [issuer])),
    await assertion((claims) => (claims.aud = [issuer, token_endpoint])),
    await assertion((claims) => (claims.iss = 'openid-client-par')),
    await assertion((claims) => (claims.exp = claims.iat - 60)),
    await assertion((claims) => delete claims.exp),
    await assertion((claims) => delete claims.jti),
    client.PrivateKeyJwt({ key: (await client.randomDPoPKeyPair('ES256')).privateKey, kid: 'of-the-tests' }),
  ]) {
    await assert.rejects(push({}, await as(authentication)), { status: 401 });
  }
});

test('FAPI 2.0: RS256 is no signature', async () => {
  await push({}, await as(client.PrivateKeyJwt(await ownRsaKey('RSA-PSS'))));
  const weakly = client.PrivateKeyJwt(await ownRsaKey('RSASSA-PKCS1-v1_5'));
  await assert.rejects(push({}, await as(weakly)), { status: 401 });
  // The same key is enough for a client that has no profile.
  const { parameters } = await attempt('openid-client-par');
  const other = new client.Configuration(config.serverMetadata(), 'openid-client-par', undefined, weakly);
  await client.buildAuthorizationUrlWithPAR(other, parameters);

  const weak = client.getDPoPHandle(config, await client.randomDPoPKeyPair('RS256'));
  const strong = client.getDPoPHandle(config, await client.randomDPoPKeyPair('PS256'));
  const pushed = async (DPoP) => client.buildAuthorizationUrlWithPAR(config, (await attempt(ID)).parameters, { DPoP });
  await refused(pushed(weak), 'a proof with the request', 'invalid_dpop_proof');
  await pushed(strong);
  const { url, checks } = await push();
  const callback = await member.through(url);
  await refused(redeem(callback.url, checks, undefined, { DPoP: weak }), 'a proof with the code', 'invalid_dpop_proof');
  await redeem(callback.url, checks);

  const id = JSON.parse(Buffer.from((await signIn()).id_token.split('.')[0], 'base64url'));
  assert.equal(id.alg, 'ES256');
});

test('FAPI 2.0: a code alone is worth nothing', async () => {
  for (const [shortcut, ...errors] of [
    [(url, checks) => redeem(url, checks, undefined, {}), 'invalid_dpop_proof', 'invalid_request', 'invalid_grant'],
    [(url, checks) => redeem(url, checks, undefined, { DPoP: thief }), 'invalid_dpop_proof', 'invalid_grant'],
    [(url, checks) => redeem(url, { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() }), 'invalid_grant'],
    [(url, { pkceCodeVerifier: _, ...checks }) => redeem(url, checks), 'invalid_grant'],
    [(url, checks) => redeem(new URL(`/other${url.search}`, url), checks), 'invalid_grant'],
    [(url, checks) => redeem(url, checks).then(() => redeem(url, checks)), 'invalid_grant'],
  ]) {
    const { url, checks } = await push();
    const callback = await member.through(url);
    await refused(shortcut(callback.url, checks), shortcut, ...errors);
  }
});

test('FAPI 2.0: a token alone is worth nothing', async () => {
  const tokens = await signIn();
  const { userinfo_endpoint: userinfo } = config.serverMetadata();
  const bearer = await fetch(userinfo, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  assert.equal(bearer.status, 401);
  const scheme = await fetch(userinfo, { headers: { authorization: `DPoP ${tokens.access_token}` } });
  assert.equal(scheme.status, 401);
  const query = await fetch(`${userinfo}?access_token=${tokens.access_token}`);
  assert.ok([400, 401].includes(query.status), query.status);
  const { sub } = tokens.claims();
  await refused(
    client.fetchUserInfo(config, tokens.access_token, sub, { DPoP: thief }),
    "another's key",
    'invalid_token',
    'invalid_dpop_proof',
  );
  for (const proof of [undefined, {}]) {
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token, undefined, proof), { status: 400 });
  }
});
