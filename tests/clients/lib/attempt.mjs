// What applications with npm `openid-client` have in common.

import * as client from 'openid-client';

const { SYMBOLON_ISSUER, CLIENT_KEY, CLIENT_RSA_KEY } = process.env;

/** The key that a client signs with. */
export async function ownKey() {
  const { kid, ...jwk } = JSON.parse(CLIENT_KEY);
  return { kid, key: await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']) };
}

/** Its other key, as WebCrypto names what it signs with: `RSA-PSS` is PS256, `RSASSA-PKCS1-v1_5` RS256. */
export async function ownRsaKey(name) {
  const { kid, ...jwk } = JSON.parse(CLIENT_RSA_KEY);
  return { kid, key: await crypto.subtle.importKey('jwk', jwk, { name, hash: 'SHA-256' }, false, ['sign']) };
}

/** An application that knows the issuer's name and what it was given at registration. */
export function discover(id, authentication, metadata) {
  return client.discovery(new URL(SYMBOLON_ISSUER), id, metadata, authentication);
}

/** A request, and what the browser's session keeps of it until the callback. */
export async function attempt(id, more) {
  const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
  const parameters = {
    redirect_uri: `https://${id}.example/callback`,
    scope: 'openid profile offline_access',
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...more,
  };
  return { parameters, checks: { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier } };
}
