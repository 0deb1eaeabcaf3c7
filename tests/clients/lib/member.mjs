// A member of the brand at her browser: cookies, redirects, and the brand's pages filled in as she is asked to.

import http from 'node:http';
import https from 'node:https';
import { newestCode } from './phone.mjs';

/** As a browser that goes somewhere; `fetch` would say that it is a script. */
function send(url, { form, cookie }) {
  const headers = { accept: 'text/html', cookie };
  if (form) headers['content-type'] = 'application/x-www-form-urlencoded';
  const { request } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const call = request(url, { method: form ? 'POST' : 'GET', headers }, async (answer) => {
      resolve({ status: answer.statusCode, headers: answer.headers, text: (await answer.setEncoding('utf8').toArray()).join('') });
    });
    call.on('error', reject);
    call.end(form?.toString());
  });
}

const attribute = (tag, name) =>
  tag.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1].replaceAll('&amp;', '&').replaceAll('&quot;', '"');

export class Member {
  #cookies = new Map();
  messages = 0;

  constructor(number) {
    this.number = number;
  }

  /** From an address to the app's own page, through whatever the brand asks. Answers where she ends and what is there. */
  async through(url) {
    let page = await this.open(url);
    while (page.text.includes('<form id="')) {
      if (page.has('phone-form')) page = await this.#submit(page, 'phone-form', { phone: this.number });
      else if (page.has('code-form')) page = await this.#submit(page, 'code-form', { code: await newestCode(this.number, this.messages++) });
      else if (page.has('consent-form')) page = await this.#submit(page, 'consent-form', { decision: 'allow' });
      else if (page.has('form-post')) page = await this.#submit(page, 'form-post', {});
      else if (page.has('logout-form')) page = await this.#submit(page, 'logout-form', {});
      else throw new Error(`nothing she knows at ${page.url}:\n${page.text}`);
    }
    return page;
  }

  /** One address, and where it redirects to. Nobody listens at `*.example` (RFC 6761 s6.5): on the way there she stops. */
  async open(url, form) {
    let at = new URL(url);
    for (let hops = 0; hops < 12; hops++) {
      if (at.hostname.endsWith('.example')) return new Page(at, 0, '', form);
      const { status, headers, text } = await send(at, { form, cookie: this.#cookiesOf(at) });
      for (const cookie of headers['set-cookie'] ?? []) this.#keep(at, cookie);
      if (!headers.location) return new Page(at, status, text);
      at = new URL(headers.location, at);
      form = undefined;
    }
    throw new Error(`redirected without end, at last to ${at}`);
  }

  #submit(page, id, answers) {
    const form = page.text.match(new RegExp(`<form id="${id}".*?</form>`, 's'))[0];
    const fields = new URLSearchParams();
    for (const [input] of form.matchAll(/<input[^>]*>/g)) {
      fields.set(attribute(input, 'name'), attribute(input, 'value') ?? '');
    }
    for (const [name, answer] of Object.entries(answers)) fields.set(name, answer);
    return this.open(new URL(attribute(form, 'action'), page.url), fields);
  }

  // Cookies belong to a host, whatever its port.
  #cookiesOf({ hostname }) {
    return [...(this.#cookies.get(hostname) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keep({ hostname }, cookie) {
    const jar = this.#cookies.get(hostname) ?? new Map();
    const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
    const expires = cookie.match(/;\s*expires=([^;]+)/i)?.[1];
    const gone = /;\s*max-age=(0|-)/i.test(cookie) || (expires && new Date(expires) < new Date());
    if (gone) jar.delete(name);
    else jar.set(name, value);
    this.#cookies.set(hostname, jar);
  }
}

class Page {
  /** `form` is what an application's page was sent in a form. */
  constructor(url, status, text, form) {
    Object.assign(this, { url, status, text, form });
  }

  /** The cause, on an error page of the brand. */
  get error() {
    return this.text.match(/data-error="([^"]*)"/)?.[1];
  }

  has(id) {
    return this.text.includes(`<form id="${id}"`);
  }
}
