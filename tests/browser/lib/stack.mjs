// The provider as an operator deploys it: the functions of a stack at the emulator, and partner apps that run elsewhere.

import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openGate } from './gate.mjs';
import { functionLogs } from './logs.mjs';
import { request, root, targetDir } from './server.mjs';

const BRANDS = ['urbantrend', 'northpeak'];
const APPS = ['fashionboard.localhost', 'shopease.localhost', 'trailmix.localhost', 'loyalty.urbantrend.localhost'];
/** Seconds that access tokens live: the least that may be configured, because the functions' time is the real one. */
const TOKEN_LIFE = 60;
/** Milliseconds that messages may be on their way: the queue is read once a second. */
const PATIENCE = 10_000;

function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: see suite_aws in tests/run`);
  return value;
}

/**
 * The demo's brands on a deployed stack. All tests share its functions; what keeps them apart is the hosts of the
 * brands' issuers. There is no development side: no `startPage`, and no clock to move.
 */
export class Stack {
  static async start() {
    const stack = new Stack();
    // Not the port: the system gives it again to a later test. The Rust suites' begin with w.
    stack.name = `b${randomBytes(4).toString('hex')}`;
    stack.began = Date.now();
    const base = path.join(targetDir, 'browser');
    mkdirSync(base, { recursive: true });
    stack.data = mkdtempSync(path.join(base, 'stack-'));
    const emulator = new URL(setting('SYMBOLON_EMULATOR')).port;
    stack.gate = await openGate((host) => (APPS.includes(host) ? stack.appsPort : emulator));
    try {
      const demo = readFileSync(path.join(root, 'infra/local/demo.toml'), 'utf8');
      await stack.#seed(demo);
      await stack.#runApps(demo);
      const answer = await request(`${stack.issuer}/health/ready`);
      if (answer.status !== 200) throw new Error(`the stack is not ready: ${answer.text}`);
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  /** Writes the demo's tenants under names of their own, as an operator does. */
  async #seed(demo) {
    let text = demo;
    for (const brand of BRANDS) {
      const own = `${brand}-${this.name}`;
      text = text.replaceAll(`[tenants.${brand}`, `[tenants.${own}`);
      text = text.replaceAll(`auth.${brand}.localhost`, this.#host(`auth.${brand}.localhost`));
      text += `\n[tenants.${own}.messages]\nsender = "sns"\nsender_id = "${this.#sender}"\n`;
      text += `\n[tenants.${own}.policy.tokens]\naccess_token = ${TOKEN_LIFE}\n`;
    }
    const file = path.join(this.data, 'tenants.toml');
    writeFileSync(file, text);
    const set = ['--set', 'scheme=http', '--set', `port=${this.gate.port}`];
    await promisify(execFile)(setting('SYMBOLON_TOOL'), ['seed', ...set, '--config', file]);
  }

  /** The partner apps, registered at this port and told nothing but the issuers' addresses. */
  async #runApps(demo) {
    const binary = process.env.SYMBOLON_PARTNERS ?? path.join(targetDir, 'debug', 'partners');
    if (!existsSync(binary)) throw new Error(`${binary} is missing: run \`cargo build --bin partners\` first`);
    const issuers = BRANDS.flatMap((brand) => [`--${brand}`, this.url(`auth.${brand}.localhost`)]);
    const [, key] = demo.match(/loyalty\.urbantrend\.localhost.*\nmember_key = "(.*)"/);
    const ports = ['--listen', '127.0.0.1:0', '--public-port', this.gate.port];
    this.apps = spawn(binary, [...issuers, '--member-key', key, ...ports], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.appsLog = '';
    this.apps.stderr.setEncoding('utf8').on('data', (text) => (this.appsLog += text));
    // A test file that is ended early must not leave them behind.
    this.atExit = () => this.apps.kill('SIGKILL');
    process.once('exit', this.atExit);
    for await (const line of createInterface({ input: this.apps.stdout })) {
      this.appsPort = line.match(/^Listening on 127\.0\.0\.1:([0-9]+) /)?.[1];
      if (this.appsPort) return;
    }
    throw new Error(`the partner apps did not start:\n${this.appsLog}`);
  }

  async stop() {
    if (this.atExit) process.off('exit', this.atExit);
    if (this.apps?.exitCode === null) {
      const ended = once(this.apps, 'exit');
      this.apps.kill('SIGTERM');
      await ended;
    }
    await this.gate.close();
    rmSync(this.data, { recursive: true, force: true });
  }

  /** Origin of one of the demo's hosts. */
  url(host) {
    return `http://${this.#host(host)}:${this.gate.port}`;
  }

  /** Two brands may not share a host, whatever their ports: on this stack each test's issuers have hosts of their own. */
  #host(name) {
    return name.startsWith('auth.') ? `${this.name}.${name}` : name;
  }

  get issuer() {
    return this.url('auth.urbantrend.localhost');
  }

  /** Text messages to a number, newest first, when all that were queued have been delivered. */
  async inbox(to) {
    await this.#drained();
    const query = new URLSearchParams({ phoneNumber: to });
    const sent = (await this.#emulator(`sns/sms-messages?${query}`)).sms_messages[to] ?? [];
    const own = sent.filter((message) => JSON.stringify(message).includes(`"${this.#sender}"`));
    return own.reverse().map(({ Message: text }) => ({ to, text, code: text.trimEnd().split('#').at(-1) }));
  }

  /** Waits until no message is queued or being delivered. */
  async #drained() {
    const query = new URLSearchParams({ QueueUrl: setting('SYMBOLON_QUEUE') });
    for (const until = Date.now() + PATIENCE; Date.now() < until; await sleep(20)) {
      const { messages } = await this.#emulator(`sqs/messages?${query}`);
      const queues = Object.values(messages).flatMap((regions) => Object.values(regions));
      if (queues.flatMap((queue) => Object.values(queue)).flat().length === 0) return;
    }
    throw new Error('messages stay in the queue');
  }

  async #emulator(question) {
    const answer = await request(`${setting('SYMBOLON_EMULATOR')}/_ministack/${question}`);
    if (answer.status !== 200) throw new Error(`the emulator answered ${answer.status}: ${answer.text}`);
    return answer.json();
  }

  /** Senders' names have at most eleven characters. */
  get #sender() {
    return this.name.toUpperCase();
  }

  /** Until no access token issued so far is accepted. */
  async outliveAccessTokens() {
    await sleep((TOKEN_LIFE + 1) * 1_000);
  }

  /** What the functions and the partner apps have logged since the start. */
  async written() {
    return (await functionLogs(this.began)) + this.appsLog;
  }
}
