// One port with all hosts of the demo: the issuers, and on `localhost` the development side of the contract.
import { createServer } from 'node:http';
import { parse } from 'smol-toml';
import { newClock, run, seconds } from './clock.mjs';
import { Issuer } from './issuer.mjs';
import { Store } from './store.mjs';

export class World {
  constructor(data) {
    this.data = data;
    this.clock = newClock();
    this.inbox = [];
    this.stores = new Map();
    this.issuers = new Map();
    this.server = createServer((request, response) => run(this.clock, () => this.guarded(request, response)));
  }

  // Takes an operator's text, opens the port if it is the first, and keeps everything that was stored.
  async configure(text) {
    if (!this.server.listening) {
      await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    }
    const { port } = this.server.address();
    const { tenants } = parse(text.replaceAll('{scheme}', 'http').replaceAll('{port}', String(port)));
    this.issuers.clear();
    for (const [name, tenant] of Object.entries(tenants)) {
      if (!this.stores.has(name)) this.stores.set(name, new Store());
      const issuer = new Issuer(name, tenant, this.data, this.stores.get(name), this.inbox);
      this.issuers.set(new URL(tenant.issuer).host, issuer);
    }
    return port;
  }

  // One request that nobody foresaw must not end everybody's provider.
  async guarded(request, response) {
    try {
      await this.answer(request, response);
    } catch (error) {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  }

  async answer(request, response) {
    const host = request.headers.host?.toLowerCase() ?? '';
    const issuer = this.issuers.get(host);
    if (issuer) return issuer.answer(request, response);
    const url = new URL(request.url, 'http://localhost');
    const call = `${request.method} ${url.pathname}`;
    if (call === 'GET /health/ready') return response.end();
    if (!host.startsWith('localhost:')) return response.writeHead(421).end();
    if (call === 'GET /dev/inbox') {
      const to = url.searchParams.get('to');
      return json(response, this.inbox.filter((message) => message.to === to));
    }
    if (call === 'POST /dev/clock') {
      const { advance_seconds: ahead } = JSON.parse(Buffer.concat(await request.toArray()));
      this.clock.ahead += ahead;
      return json(response, { now: seconds() });
    }
    return response.writeHead(404).end();
  }
}

const json = (response, value) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
