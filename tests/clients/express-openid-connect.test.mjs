// npm `express-openid-connect`: a web application that the provider tells when a member has signed out elsewhere.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import express from 'express';
import openid from 'express-openid-connect';
import { eventually } from './lib/eventually.mjs';
import { Member } from './lib/member.mjs';

const baseURL = process.env.EXPRESS;

// Who has been signed out elsewhere: a table of the application's database.
const entries = new Map();
const store = {
  get: (id, done) => done(null, entries.get(id)),
  set: (id, entry, done) => done(null, entries.set(id, entry)),
  destroy: (id, done) => done(null, entries.delete(id)),
};

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
    backchannelLogout: { store },
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

test('express-openid-connect: signed out at the brand, she is signed out here', async () => {
  const [member, another] = [new Member('+447700900308'), new Member('+447700900309')];
  await member.through(`${baseURL}/login`);
  await another.through(`${baseURL}/login`);
  await member.through(`${process.env.SYMBOLON_ISSUER}/oauth2/sessions/logout`);
  await eventually(async () => assert.equal((await member.open(baseURL)).text, 'null'));
  assert.ok(JSON.parse((await another.open(baseURL)).text).sub, 'nobody else is');
});
