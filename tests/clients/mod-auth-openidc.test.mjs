// Debian's `libapache2-mod-auth-openidc`: Apache keeps static pages for members, and nobody has written a program.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { eventually } from './lib/eventually.mjs';
import { Member } from './lib/member.mjs';

const home = process.env.APACHE;
const here = mkdtempSync(path.join(tmpdir(), 'symbolon-apache-'));
let apache;

before(async () => {
  chmodSync(here, 0o755);
  mkdirSync(path.join(here, 'pages/private'), { recursive: true });
  writeFileSync(path.join(here, 'pages/private/index.html'), 'for members');
  writeFileSync(path.join(here, 'pages/signed-out.html'), 'goodbye');
  // The user that Apache becomes may not look into the provider's folder.
  writeFileSync(path.join(here, 'certificate.pem'), readFileSync(process.env.NODE_EXTRA_CA_CERTS));
  const facts = {
    HERE: here,
    PORT: new URL(home).port,
    APACHE: home,
    ISSUER: process.env.SYMBOLON_ISSUER,
    MODULES: '/usr/lib/apache2/modules',
  };
  const template = readFileSync(new URL('mod-auth-openidc.conf', import.meta.url), 'utf8');
  const config = template.replaceAll(/{([A-Z]+)}/g, (_, name) => facts[name]);
  writeFileSync(path.join(here, 'apache.conf'), config);
  apache = spawn('/usr/sbin/apache2', ['-X', '-f', path.join(here, 'apache.conf')], { stdio: ['ignore', 'inherit', 'inherit'] });
  await eventually(() => fetch(`${home}/signed-out.html`));
});
after(async () => {
  if (process.env.APACHE_LOG) copyFileSync(path.join(here, 'error.log'), process.env.APACHE_LOG);
  if (apache?.exitCode === null) {
    apache.kill();
    await once(apache, 'exit');
  }
  rmSync(here, { recursive: true, force: true });
});

test('mod_auth_openidc: sign-in, userinfo, refresh, logout', async () => {
  const member = new Member('+447700900312');
  const page = await member.through(`${home}/private/index.html`);
  assert.equal(page.text, 'for members');

  const session = async () => JSON.parse((await member.open(`${home}/private/callback?info=json`)).text);
  const first = await session();
  assert.equal(first.userinfo.name, 'Marta');

  const refresh = new URLSearchParams({ refresh: `${home}/private/index.html`, access_token: first.access_token });
  const back = await member.open(`${home}/private/callback?${refresh}`);
  assert.equal(back.url.href, `${home}/private/index.html`);
  assert.notEqual((await session()).access_token, first.access_token);

  const logout = new URLSearchParams({ logout: `${home}/signed-out.html` });
  const out = await member.open(`${home}/private/callback?${logout}`);
  assert.equal(out.text, 'goodbye');
  assert.ok((await member.open(`${home}/private/index.html`)).has('phone-form'));
});

test('mod_auth_openidc: signed out at the brand, she is signed out here', async () => {
  const [member, another] = [new Member('+447700900312'), new Member('+447700900313')];
  await member.through(`${home}/private/index.html`);
  await another.through(`${home}/private/index.html`);
  await member.through(`${process.env.SYMBOLON_ISSUER}/oauth2/sessions/logout`);
  await eventually(async () => assert.ok((await member.open(`${home}/private/index.html`)).has('phone-form')));
  assert.equal((await another.open(`${home}/private/index.html`)).text, 'for members', 'nobody else is');
});
