// The demo's clients in the words of RFC 7591, which oidc-provider takes.

const CODE = 'authorization_code';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const KNOWN = [CODE, 'refresh_token', 'client_credentials', DEVICE];

// What the word implies (decision 0049).
const PROFILES = {
  fapi2: {
    token_endpoint_auth_method: 'private_key_jwt', id_token_signed_response_alg: 'ES256',
    require_pushed_authorization_requests: true, dpop_bound_access_tokens: true,
  },
};

// `own` is what only Symbolon's configuration has a word for; it is kept for the hooks in configuration.mjs.
export function metadata(id, declared, algorithms) {
  const client = { ...PROFILES[declared.security_profile], ...declared };
  const method = client.token_endpoint_auth_method ?? 'client_secret_basic';
  const scopes = client.scopes ?? [];
  const grants = (client.grant_types ?? [CODE, ...(scopes.includes('offline_access') ? ['refresh_token'] : [])])
    .filter((grant) => KNOWN.includes(grant));
  return {
    client_id: id,
    client_name: client.name,
    token_endpoint_auth_method: method,
    ...(method.startsWith('client_secret_') && { client_secret: client.client_secret }),
    ...(client.jwks && { jwks: JSON.parse(client.jwks) }),
    ...(client.jwks_uri && { jwks_uri: client.jwks_uri }),
    application_type: client.application_type ?? 'web',
    grant_types: grants,
    response_types: grants.includes(CODE) ? ['code'] : [],
    redirect_uris: client.redirect_uris ?? [],
    post_logout_redirect_uris: client.post_logout_redirect_uris ?? [],
    // There a name of its own wants a key that it publishes, from whoever has this grant (CIBA s4); a television has none.
    subject_type: grants.includes(DEVICE) ? 'public' : 'pairwise',
    sector_identifier_uri: `https://${client.sector ?? hostOf(client.redirect_uris?.[0])}/`,
    id_token_signed_response_alg: client.id_token_signed_response_alg ?? algorithms[0],
    ...passed(client, [
      'userinfo_signed_response_alg', 'introspection_signed_response_alg', 'request_object_signing_alg',
      'require_signed_request_object', 'require_pushed_authorization_requests', 'dpop_bound_access_tokens',
      'backchannel_logout_uri', 'default_max_age', 'require_auth_time',
      'token_endpoint_auth_signing_alg', 'default_acr_values',
    ]),
    // As every logout token of ours does.
    ...(client.backchannel_logout_uri ? { backchannel_logout_session_required: true } : {}),
    // For those with a way through a browser nothing is registered, as ours drops there what is not (decision 0006).
    ...(grants.length > 0 && !grants.includes(CODE) && { scope: scopes.join(' ') }),
    own: {
      resource: client.resource,
      pkce: client.pkce !== 'optional',
      origins: client.allowed_origins ?? [],
      audience: client.client_assertion_audience ?? 'issuer',
      rotates: client.refresh_token_rotation ?? method === 'none',
    },
  };
}

// An app's own scheme has no host; any name will do, as nothing is fetched from it.
const hostOf = (uri) => (uri && new URL(uri).hostname) || 'app.localhost';

const passed = (client, names) =>
  Object.fromEntries(names.filter((name) => client[name] !== undefined).map((name) => [name, client[name]]));
