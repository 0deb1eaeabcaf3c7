// What one issuer of one world keeps, in memory. Expiry is oidc-provider's own: each item says when it ends.
const GRANTED = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken', 'DeviceCode']);

export class Store {
  items = new Map();
  // What a member once allowed an app, which outlives sessions.
  consents = new Map();

  adapter() {
    const { items } = this;
    return class {
      constructor(model) {
        this.model = model;
      }

      key = (id) => `${this.model}:${id}`;

      async upsert(id, payload) {
        items.set(this.key(id), structuredClone(payload));
      }

      async find(id) {
        return structuredClone(items.get(this.key(id)));
      }

      async findByUid(uid) {
        return this.#first((item) => item.uid === uid);
      }

      async findByUserCode(userCode) {
        return this.#first((item) => item.userCode === userCode);
      }

      async consume(id) {
        items.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
      }

      async destroy(id) {
        items.delete(this.key(id));
      }

      async revokeByGrantId(grantId) {
        for (const [key, item] of items) {
          if (item.grantId === grantId && key.startsWith(`${this.model}:`)) items.delete(key);
        }
      }

      #first(wanted) {
        for (const [key, item] of items) {
          if (key.startsWith(`${this.model}:`) && wanted(item)) return structuredClone(item);
        }
        return undefined;
      }
    };
  }

  // Takes back everything a grant gave.
  withdraw(grantId) {
    this.items.delete(`Grant:${grantId}`);
    for (const [key, item] of this.items) {
      if (item.grantId === grantId && GRANTED.has(key.split(':')[0])) this.items.delete(key);
    }
  }
}
