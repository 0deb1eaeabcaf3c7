// Who may ask about tokens, and who may give them back.
import { errors } from 'oidc-provider';

// An API that asks is a client with a `resource` of its own in the demo's text.
export class Apis {
  constructor(identifiers, clients) {
    this.asking = new Set(
      Object.values(clients).filter(({ resource }) => resource).map(({ resource }) => identifiers.get(resource)),
    );
    this.identifiers = identifiers;
  }

  // oidc-provider answers no question about a JWT, nor takes one back: an API that asks is given references.
  format = (identifier) => (this.asking.has(identifier) ? 'opaque' : 'jwt');

  // A token is told of to the client that has it and to the API it is for.
  introspection = {
    enabled: true,
    allowedPolicy: (ctx, client, token) => client.clientAuthMethod !== 'none'
      && (token.clientId === client.clientId
        || (client.own.resource !== undefined && token.aud === this.identifiers.get(client.own.resource))),
  };
}

// Their own rule (`revocationAllowedPolicy` of their defaults), which otherwise reminds its deployer to look at it.
export const revocation = {
  enabled: true,
  allowedPolicy(ctx, client, token) {
    if (token.clientId === client.clientId) return true;
    if (client.clientAuthMethod === 'none') return false;
    throw new errors.InvalidRequest('client is not authorized to revoke the presented token');
  },
};
