// The provider as a user starts it: the built `symbolon` binary on a free port with empty data.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** Cargo's target folder, wherever the developer has put it. */
export const targetDir = (() => {
  if (process.env.CARGO_TARGET_DIR) return path.resolve(root, process.env.CARGO_TARGET_DIR);
  const args = ['metadata', '--no-deps', '--format-version', '1', '--offline'];
  return JSON.parse(execFileSync('cargo', args, { cwd: root, maxBuffer: 1 << 24 })).target_directory;
})();

/** A port nobody listens on now. */
async function freePort() {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

/**
 * One HTTP request without a browser. Node, unlike Chromium, does not resolve `*.localhost`, so it connects to
 * loopback and says the host in the header. `body` may be an object of form fields.
 */
export function request(url, { method, headers = {}, body } = {}) {
  const { port, host, pathname, search } = new URL(url);
  const form = body && typeof body === 'object';
  const payload = form ? new URLSearchParams(body).toString() : body;
  const type = form ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
  const options = {
    host: '127.0.0.1',
    port,
    path: pathname + search,
    method: method ?? (payload === undefined ? 'GET' : 'POST'),
    headers: { host, ...type, ...headers },
    agent: false,
    timeout: 10_000,
  };
  return new Promise((resolve, reject) => {
    const call = http.request(options, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        resolve({ status: response.statusCode, headers: response.headers, text, json: () => JSON.parse(text) });
      });
    });
    call.on('timeout', () => call.destroy(new Error(`no answer within 10 s: ${url}`)));
    call.on('error', reject);
    call.end(payload);
  });
}

/** A running provider with the demo's brands and partner apps. */
export class Server {
  static async start() {
    const binary = process.env.SYMBOLON_BIN ?? path.join(targetDir, 'debug', 'symbolon');
    if (!existsSync(binary)) throw new Error(`${binary} is missing: run \`cargo build --bin symbolon\` first`);
    const base = path.join(targetDir, 'browser');
    mkdirSync(base, { recursive: true });
    const server = new Server();
    server.data = mkdtempSync(path.join(base, 'data-'));
    server.port = await freePort();
    const args = ['serve', '--listen', `127.0.0.1:${server.port}`, '--data', server.data];
    server.child = spawn(binary, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    server.log = '';
    for (const stream of [server.child.stdout, server.child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (server.log += text));
    }
    // A test file that is ended early must not leave its provider behind.
    server.atExit = () => {
      server.child.kill('SIGKILL');
      rmSync(server.data, { recursive: true, force: true });
    };
    process.once('exit', server.atExit);
    await server.#ready();
    return server;
  }

  async #ready() {
    for (const until = Date.now() + 60_000; Date.now() < until; await sleep(50)) {
      if (this.child.exitCode !== null) break;
      const answer = await request(`${this.url('localhost')}/health/ready`).catch(() => undefined);
      if (answer?.status === 200) return;
    }
    this.atExit();
    throw new Error(`the provider did not become ready:\n${this.log}`);
  }

  /** Ends it the way an operator does; it has two seconds. */
  async stop() {
    process.off('exit', this.atExit);
    if (this.child.exitCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      const late = sleep(2_000, 'late', { ref: false });
      if ((await Promise.race([ended, late])) === 'late') {
        this.child.kill('SIGKILL');
        throw new Error('the provider did not end within 2 s of SIGTERM');
      }
    }
    rmSync(this.data, { recursive: true, force: true });
  }

  /** Origin of one of the demo's hosts, such as `auth.urbantrend.localhost`. */
  url(host) {
    return `http://${host}:${this.port}`;
  }

  get issuer() {
    return this.url('auth.urbantrend.localhost');
  }

  /** Text messages to a number, newest first. */
  async inbox(to) {
    const url = `${this.url('localhost')}/dev/inbox?to=${encodeURIComponent(to)}`;
    const answer = await request(url, { headers: { accept: 'application/json' } });
    if (answer.status !== 200) throw new Error(`inbox answered ${answer.status}: ${answer.text}`);
    return answer.json();
  }

  /** The page that leads to the people's phones; development only. */
  get startPage() {
    return this.url('localhost');
  }

  /** Until no access token issued so far is accepted. */
  outliveAccessTokens() {
    return this.advance(11 * 60);
  }

  /** What it has logged. */
  async written() {
    return this.log;
  }

  /** Moves the provider's clock. */
  async advance(seconds) {
    const body = JSON.stringify({ advance_seconds: seconds });
    const headers = { 'content-type': 'application/json' };
    const answer = await request(`${this.url('localhost')}/dev/clock`, { method: 'POST', headers, body });
    if (answer.status >= 300) throw new Error(`clock answered ${answer.status}: ${answer.text}`);
  }
}
