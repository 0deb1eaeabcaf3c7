// oidc-provider with everything on that Symbolon has, under the contract's paths.
import { errors, interactionPolicy } from 'oidc-provider';
import { Apis, revocation } from './apis.mjs';
import { metadata } from './clients.mjs';
import { deviceFlow } from './device.mjs';
import { signingKeys } from './keys.mjs';
import { pairwise } from './members.mjs';
import * as pages from './pages.mjs';
import { logoutPage } from './logout.mjs';

export const ACR = 'urn:symbolon:acr:otp';

const on = { enabled: true };

export const CLAIMS = {
  openid: ['sub', 'acr', 'amr', 'auth_time'],
  profile: [
    'birthdate', 'family_name', 'gender', 'given_name', 'locale', 'middle_name', 'name', 'nickname', 'picture',
    'preferred_username', 'profile', 'updated_at', 'website', 'zoneinfo',
  ],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  address: ['address'],
  iss: null, sid: null,
};

const ROUTES = {
  authorization: '/oauth2/auth',
  pushed_authorization_request: '/oauth2/par',
  token: '/oauth2/token',
  revocation: '/oauth2/revoke',
  introspection: '/oauth2/introspect',
  userinfo: '/userinfo',
  end_session: '/oauth2/sessions/logout',
  jwks: '/.well-known/jwks.json',
  device_authorization: '/oauth2/device/auth',
  code_verification: '/device',
};

const ASYMMETRIC = ['RS256', 'PS256', 'ES256'];

export function configuration({ brand, tenant, data, store, members }) {
  const { algorithms = ['RS256'], resources = {}, clients = {} } = tenant;
  const catalogue = Object.entries(tenant.scopes ?? {});
  const identifiers = new Map(Object.entries(resources).map(([name, { identifier }]) => [name, identifier]));
  const apis = new Apis(identifiers, clients);
  const scopesOf = (identifier) =>
    catalogue.filter(([, scope]) => identifiers.get(scope.resource) === identifier).map(([name]) => name);
  return {
    adapter: store.adapter(),
    jwks: { keys: signingKeys(data, brand, algorithms) },
    clients: Object.entries(clients).map(([id, client]) => metadata(id, client, algorithms)),
    extraClientMetadata: { properties: ['own'] },
    sectorIdentifierUriValidate: () => false,
    findAccount: (ctx, id) => members.account(id),
    subjectTypes: ['pairwise', 'public'],
    pairwiseIdentifier: (ctx, account, client) => pairwise(brand, account, client.sectorIdentifier),
    claims: CLAIMS,
    acrValues: [ACR],
    scopes: ['openid', 'offline_access', ...catalogue.map(([name]) => name)],
    routes: ROUTES,
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    responseTypes: ['code'],
    assertJwtClientAuthClaimsAndHeader: (ctx, { aud }, header, client) => {
      if (client.own.audience === 'issuer' && aud !== ctx.oidc.issuer) throw new errors.InvalidClientAuth('another audience');
    },
    pkce: { required: (ctx, client) => client.clientAuthMethod === 'none' || client.own.pkce },
    clientBasedCORS: (ctx, origin, client) => client.own.origins.includes(origin),
    allowOmittingSingleRegisteredRedirectUri: false,
    enableHttpPostMethods: true,
    clockTolerance: 0,
    rotateRefreshToken: (ctx) => ctx.oidc.client.own.rotates,
    cookies: {
      names: { session: '__Host-session', interaction: 'interaction', resume: 'resume' },
      long: { httpOnly: true, sameSite: 'none', path: '/' },
      short: { httpOnly: true, sameSite: 'lax' },
    },
    enabledJWA: {
      clientAuthSigningAlgValues: ASYMMETRIC,
      requestObjectSigningAlgValues: ASYMMETRIC,
      idTokenSigningAlgValues: algorithms,
      userinfoSigningAlgValues: algorithms,
      introspectionSigningAlgValues: algorithms,
      dPoPSigningAlgValues: ASYMMETRIC,
    },
    // Its own agent asks no server on this machine, where those of the tests are.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: on,
      claimsParameter: on,
      clientCredentials: on,
      deviceFlow,
      dPoP: {
        enabled: true,
        nonceSecret: Buffer.alloc(32, brand),
        requireNonce: () => tenant.policy?.dpop?.nonce === 'required',
      },
      // Whoever signs requests keeps the times of FAPI, as with us (decision 0039).
      fapi: { enabled: true, profile: (ctx, client) => (client?.requestObjectSigningAlg ? '2.0' : undefined) },
      introspection: apis.introspection,
      jwtIntrospection: on,
      jwtUserinfo: on,
      pushedAuthorizationRequests: {
        enabled: true,
        requirePushedAuthorizationRequests: tenant.require_pushed_authorization_requests ?? false,
      },
      requestObjects: on,
      revocation,
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx, client, oneOf) => oneOf ?? asked(ctx, identifiers, scopesOf),
        // What was named once need not be named at the token endpoint again.
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, identifier) => resourceServer(identifier, identifiers, scopesOf, apis),
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: logoutPage((account, client) => pairwise(brand, account, client.sectorIdentifier)),
        postLogoutSuccessSource: (ctx) => show(ctx, pages.signedOut()),
      },
    },
    renderError: (ctx, out, error) => show(ctx, pages.error(cause(ctx, out, error))),
    interactions: { policy: policy(), url: (ctx, { uid }) => `/login/${uid}?tx=${uid}` },
    loadExistingGrant: (ctx) => remembered(ctx, store),
    ttl: {
      AccessToken: 600, AuthorizationCode: 60, ClientCredentials: 600, DeviceCode: 600, Grant: 31_536_000,
      IdToken: 600, Interaction: 3_600, RefreshToken: 2_592_000, Session: 2_592_000,
    },
  };
}

function show(ctx, html) {
  ctx.set(pages.HEADERS);
  ctx.body = html;
}

// What the contract's error page calls it.
function cause(ctx, out, error) {
  if (error.name === 'SessionNotFound') return 'transaction_not_found';
  if (ctx.oidc?.route !== 'authorization') return out.error;
  const about = out.error_description ?? '';
  if (about.endsWith('must not be provided twice')) return 'invalid_request';
  if (!ctx.oidc.client) return 'invalid_client';
  if (out.error === 'invalid_request_object') return ctx.oidc.params.request_uri ? 'invalid_request_uri' : 'invalid_request';
  return about === "missing required parameter 'redirect_uri'" ? 'invalid_redirect_uri' : out.error;
}

// The one resource whose scopes were asked for, when none was named. With `openid` the token is for userinfo first, and
// oidc-provider makes no token for both.
function asked(ctx, identifiers, scopesOf) {
  const scopes = ctx.oidc.params?.scope?.split(' ') ?? [];
  if (scopes.includes('openid')) return undefined;
  return [...identifiers.values()].find((identifier) => scopesOf(identifier).some((scope) => scopes.includes(scope)));
}

function resourceServer(identifier, identifiers, scopesOf, apis) {
  if (![...identifiers.values()].includes(identifier)) throw new errors.InvalidTarget();
  const accessTokenFormat = apis.format(identifier);
  return { scope: scopesOf(identifier).join(' '), audience: identifier, accessTokenFormat, accessTokenTTL: 600 };
}

function policy() {
  const base = interactionPolicy.base();
  base.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 1);
  return base;
}

// What she allowed this app before, in this session or another.
async function remembered(ctx, store) {
  const { client, session, result, provider } = ctx.oidc;
  const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  const grant = grantId && (await provider.Grant.find(grantId));
  if (grant?.accountId === session.accountId) return grant;
  const consent = store.consents.get(`${session.accountId} ${client.clientId}`);
  if (!consent) return undefined;
  const again = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  allow(again, consent);
  await again.save();
  return again;
}

export function allow(grant, { scopes = [], claims = [], resources = {} }) {
  if (scopes.length > 0) grant.addOIDCScope(scopes.join(' '));
  if (claims.length > 0) grant.addOIDCClaims(claims);
  for (const [resource, names] of Object.entries(resources)) grant.addResourceScope(resource, names.join(' '));
}
