// One brand: oidc-provider, and around it the pages it leaves to whoever mounts it.
import Provider from 'oidc-provider';
import { configuration } from './configuration.mjs';
import { Interactions } from './interactions.mjs';
import { Members } from './members.mjs';
import * as pages from './pages.mjs';

export class Issuer {
  constructor(brand, tenant, data, store, inbox) {
    const members = new Members(tenant.members);
    const provider = new Provider(tenant.issuer, configuration({ brand, tenant, data, store, members }));
    this.interactions = new Interactions({ brand, provider, store, members, inbox });
    this.handle = provider.callback();
  }

  answer(request, response) {
    // A deployment sets these for all that browsers show.
    for (const name of ['content-security-policy', 'referrer-policy']) response.setHeader(name, pages.HEADERS[name]);
    request.url = asAsked(request.url);
    const url = new URL(request.url, 'http://issuer');
    return this.interactions.answer(url, request, response) ?? this.handle(request, response);
  }
}

// Symbolon's addresses of a started sign-in are oidc-provider's: `/oauth2/auth?tx=UID` is `/oauth2/auth/UID`. And who
// asks for offline access has to ask for the consent page too (Core 11), which Symbolon shows by itself.
function asAsked(address) {
  const url = new URL(address, 'http://issuer');
  const tx = url.searchParams.get('tx');
  if (['/login', '/consent'].includes(url.pathname)) return `/login/${tx}`;
  if (url.pathname !== '/oauth2/auth') return address;
  if (tx && !url.searchParams.has('client_id')) return `/oauth2/auth/${tx}`;
  const offline = url.searchParams.get('scope')?.split(' ').includes('offline_access');
  return offline && !url.searchParams.has('prompt') ? `${address}&prompt=consent` : address;
}
