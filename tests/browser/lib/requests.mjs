// Authorization requests made by hand, and a loopback listener as a native app has one.

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';

const challengeOf = (verifier) => createHash('sha256').update(verifier).digest('base64url');

/** The request URL of a client, with what must be remembered until the callback. */
export function authorization(server, params = {}) {
  const { issuer = server.issuer, ...rest } = params;
  const verifier = randomBytes(32).toString('base64url');
  const query = {
    response_type: 'code',
    client_id: 'fashionboard',
    redirect_uri: `${server.url('fashionboard.localhost')}/callback`,
    scope: 'openid profile loyalty.tier.read',
    state: randomBytes(16).toString('base64url'),
    nonce: randomBytes(16).toString('base64url'),
    code_challenge: challengeOf(verifier),
    code_challenge_method: 'S256',
    ...rest,
  };
  for (const [name, value] of Object.entries(query)) if (value === undefined) delete query[name];
  return { url: `${issuer}/oauth2/auth?${new URLSearchParams(query)}`, verifier, ...query };
}

/** Listens like a native app for its callback: any port, as RFC 8252 section 7.3 allows. */
export async function loopbackApp(answer = 'You can close this window.') {
  const callbacks = [];
  const listener = http.createServer((request, response) => {
    const url = new URL(request.url, 'http://127.0.0.1');
    if (url.pathname === '/callback') callbacks.push(Object.fromEntries(url.searchParams));
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="en"><title>app</title><main id="app">${answer}</main>`);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  return {
    port,
    callbacks,
    redirectUri: `http://127.0.0.1:${port}/callback`,
    close: () => {
      listener.closeAllConnections();
      return new Promise((done) => listener.close(done));
    },
  };
}
