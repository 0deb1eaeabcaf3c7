// Signing in by one-time code and consenting, as a deployment of oidc-provider writes them for itself.
import { randomInt } from 'node:crypto';
import { ACR, CLAIMS, allow } from './configuration.mjs';
import * as pages from './pages.mjs';

const NUMBER = /^\+\d{7,15}$/;

export class Interactions {
  constructor(parts) {
    Object.assign(this, parts);
    // One-time codes by interaction.
    this.challenges = new Map();
    this.begun = new Set();
  }

  // The answer to a page's request, or nothing: then it is the provider's.
  answer(url, request, response) {
    if (url.pathname.startsWith('/login/')) return this.#guarded(request, response, () => this.#step(request, response));
    if (url.pathname === '/account/revoke') return this.#guarded(request, response, () => this.#revoke(url, request, response));
    return undefined;
  }

  async #guarded(request, response, call) {
    try {
      await call();
    } catch (error) {
      show(response, pages.error(this.#cause(request, error)), 400);
    }
  }

  // A step whose cookie is still there and which is not any more was finished, or is too old.
  #cause(request, error) {
    if (error.name !== 'SessionNotFound') return 'invalid_request';
    const [, own] = /(?:^|; )interaction=([^;]+)/.exec(request.headers.cookie ?? '') ?? [];
    return this.begun.has(own) ? 'transaction_finished' : 'transaction_not_found';
  }

  async #step(request, response) {
    const details = await this.provider.interactionDetails(request, response);
    this.begun.add(details.uid);
    const fields = request.method === 'POST' ? await form(request) : new URLSearchParams();
    const steps = {
      login: () => this.#login(details, fields, request, response),
      select_account: () => this.#choose(details, fields, request, response),
      consent: () => this.#consent(details, fields, request, response),
    };
    await steps[details.prompt.name]();
  }

  async #login({ uid, params }, fields, request, response) {
    if (NUMBER.test(fields.get('phone'))) {
      this.#send(uid, fields.get('phone'));
      return seeOther(response, request.url);
    }
    const challenge = this.challenges.get(uid);
    if (!challenge) return show(response, pages.phone(params));
    if (!fields.has('code') || fields.get('code') !== challenge.code) return show(response, pages.code());
    const login = { accountId: challenge.member.id, amr: ['otp', 'sms'], acr: ACR };
    return this.provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
  }

  #send(uid, number) {
    const member = this.members.byNumber(number);
    const code = member?.fixed_code ?? String(randomInt(1_000_000)).padStart(6, '0');
    this.challenges.set(uid, { member, code: member && code });
    if (member && !member.fixed_code) {
      this.inbox.unshift({ to: number, text: code, code, sent_at: Math.floor(Date.now() / 1000), tenant: this.brand });
    }
  }

  async #choose(details, fields, request, response) {
    if (NUMBER.test(fields.get('phone')) || this.challenges.has(details.uid)) return this.#login(details, fields, request, response);
    if (fields.get('action') !== 'continue') return show(response, pages.chooser());
    return this.provider.interactionFinished(request, response, { select_account: {} });
  }

  async #consent({ prompt, params, session, grantId }, fields, request, response) {
    const { provider, store } = this;
    const { missingOIDCScope = [], missingOIDCClaims = [], missingResourceScopes = {} } = prompt.details;
    if (!fields.has('decision')) {
      const missing = [...missingOIDCScope, ...missingOIDCClaims.map(scopeOf), ...Object.values(missingResourceScopes).flat()];
      const all = [...new Set([...params.scope.split(' '), ...missing])].filter((one) => one && one !== 'openid').sort();
      const asked = missing.length > 0 ? all.filter((scope) => missing.includes(scope)) : all;
      return show(response, pages.consent(asked, all.filter((scope) => !asked.includes(scope))));
    }
    if (fields.get('decision') !== 'allow') {
      return provider.interactionFinished(request, response, { error: 'access_denied' }, { mergeWithLastSubmission: false });
    }
    const { accountId } = session;
    const grant = (grantId && (await provider.Grant.find(grantId)))
      || new provider.Grant({ accountId, clientId: params.client_id });
    allow(grant, { scopes: missingOIDCScope, claims: missingOIDCClaims, resources: missingResourceScopes });
    const result = { consent: { grantId: await grant.save() } };
    store.consents.set(`${accountId} ${params.client_id}`, given(grant));
    return provider.interactionFinished(request, response, result);
  }

  // Takes an app's permissions back, as the account page does.
  async #revoke(url, request, response) {
    const { provider, store } = this;
    if (request.method !== 'POST') return show(response, pages.revoke());
    const session = await provider.Session.get(provider.createContext(request, response));
    const client = url.searchParams.get('client');
    for (const [key, item] of store.items) {
      if (key.startsWith('Grant:') && item.accountId === session.accountId && item.clientId === client) {
        store.withdraw(item.jti);
      }
    }
    store.consents.delete(`${session.accountId} ${client}`);
    return show(response, pages.account());
  }
}

// The scope a claim asked for by its name belongs to, which is what she is asked for.
const scopeOf = (claim) =>
  Object.keys(CLAIMS).find((scope) => scope !== 'openid' && CLAIMS[scope]?.includes(claim));

function given(grant) {
  const resources = Object.fromEntries(
    Object.entries(grant.resources ?? {}).map(([resource, scope]) => [resource, scope.split(' ')]),
  );
  return { scopes: grant.openid?.scope?.split(' ') ?? [], claims: grant.openid?.claims ?? [], resources };
}

async function form(request) {
  return new URLSearchParams(Buffer.concat(await request.toArray()).toString());
}

function seeOther(response, address) {
  response.writeHead(303, { location: address }).end();
}

function show(response, html, status = 200) {
  response.writeHead(status, pages.HEADERS).end(html);
}
