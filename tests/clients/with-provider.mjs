// Runs a command beside a provider of its own, over https:
//
//   node tests/clients/with-provider.mjs node --test tests/clients/*.test.mjs
//
// What the command finds in its environment is what a partner is told, and the addresses its app may have:
//   SYMBOLON_ISSUER       the brand's issuer
//   SYMBOLON_PHONES       where text messages can be read; development only
//   CLIENT_KEY            private key, as JWK, of every client that signs its assertions
//   CLIENT_RSA_KEY        another of theirs, for RS256 as for PS256
//   EXPRESS, SPA, APACHE  where an app of that kind is registered
//   NODE_EXTRA_CA_CERTS, REQUESTS_CA_BUNDLE   the certificate to trust

import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root, targetDir } from '../browser/lib/server.mjs';

async function freePort() {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

mkdirSync(path.join(targetDir, 'clients'), { recursive: true });
const data = mkdtempSync(path.join(targetDir, 'clients', 'data-'));
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = (half) => ({ ...half.export({ format: 'jwk' }), kid: 'of-the-tests', alg: 'ES256', use: 'sig' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsaKey = (half) => ({ ...half.export({ format: 'jwk' }), kid: 'of-the-tests-rsa', use: 'sig' });
const apps = {};
for (const app of ['EXPRESS', 'SPA', 'APACHE']) apps[app] = `http://127.0.0.1:${await freePort()}`;

let config = readFileSync(path.join(root, 'tests/clients/clients.toml'), 'utf8');
const facts = { ...apps, JWKS: JSON.stringify({ keys: [key(publicKey), rsaKey(rsa.publicKey)] }) };
for (const [name, fact] of Object.entries(facts)) config = config.replaceAll(`{${name}}`, fact);
writeFileSync(path.join(data, 'clients.toml'), config);

const binary = process.env.SYMBOLON_BIN ?? path.join(targetDir, 'debug', 'symbolon');
const options = ['--tls', '--listen', '127.0.0.1:0', '--data', data, '--config', path.join(data, 'clients.toml')];
const provider = spawn(binary, options, { stdio: ['ignore', 'pipe', 'pipe'] });
let command;
process.once('exit', () => {
  command?.kill();
  provider.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
let log = '';
provider.stderr.setEncoding('utf8').on('data', (text) => (log += text));
provider.once('close', () => {
  console.error(`the provider has ended:\n${log}`);
  process.exit(1);
});

let port;
for await (const line of createInterface({ input: provider.stdout })) {
  port = line.match(/^Symbolon is running: https:\/\/localhost:([0-9]+)$/)?.[1];
  if (port) break;
}
if (!port) await once(provider, 'close');
const certificate = path.join(data, 'tls/certificate.pem');
const [program, ...args] = process.argv.slice(2);
command = spawn(program, args, {
  stdio: 'inherit',
  env: {
    ...process.env,
    ...apps,
    SYMBOLON_ISSUER: `https://localhost:${port}`,
    SYMBOLON_PHONES: `https://127.0.0.1:${port}/dev/inbox`,
    CLIENT_KEY: JSON.stringify(key(privateKey)),
    CLIENT_RSA_KEY: JSON.stringify(rsaKey(rsa.privateKey)),
    NODE_EXTRA_CA_CERTS: certificate,
    REQUESTS_CA_BUNDLE: certificate,
  },
});
const [status] = await once(command, 'exit');
if (process.env.PROVIDER_LOG) writeFileSync(process.env.PROVIDER_LOG, log);
process.exit(status ?? 1);
