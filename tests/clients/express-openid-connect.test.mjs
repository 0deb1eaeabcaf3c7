// npm `express-openid-connect`: a web application with a secret, in Express.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import express from 'express';
import openid from 'express-openid-connect';
import { Member } from './lib/member.mjs';

const baseURL = process.env.EXPRESS;

const app = express();
app.use(
  openid.auth({
    issuerBaseURL: process.env.SYMBOLON_ISSUER,
    baseURL,
    clientID: 'express-openid-connect',
    clientSecret: 'secret of express-openid-connect',
    secret: 'a long secret that seals the session cookie of this application',
    authRequired: false,
    idpLogout: true,
    authorizationParams: { response_type: 'code', scope: 'openid profile offline_access' },
  }),
);
app.get('/', (request, response) => response.json(request.oidc.user ?? null));
app.get('/userinfo', openid.requiresAuth(), async (request, response) => response.json(await request.oidc.fetchUserInfo()));
app.get('/refresh', openid.requiresAuth(), async (request, response) => {
  const before = request.oidc.accessToken.access_token;
  const { access_token: fresh } = await request.oidc.accessToken.refresh();
  response.json({ fresh: fresh !== before });
});

let server;
before(async () => {
  server = app.listen(new URL(baseURL).port, '127.0.0.1');
  await once(server, 'listening');
});
after(() => server.close());

test('express-openid-connect: sign-in, userinfo, refresh, logout', async () => {
  const member = new Member('+447700900308');
  const home = await member.through(`${baseURL}/login`);
  assert.ok(JSON.parse(home.text).sub);
  assert.equal(JSON.parse((await member.open(`${baseURL}/userinfo`)).text).name, 'Esther');
  assert.deepEqual(JSON.parse((await member.open(`${baseURL}/refresh`)).text), { fresh: true });

  // Out of the application and out of the brand, and back at the application's first page.
  const out = await member.open(`${baseURL}/logout`);
  assert.equal(out.url.origin, baseURL);
  assert.equal(out.text, 'null');
  assert.ok((await member.open(`${baseURL}/login`)).has('phone-form'));
});
