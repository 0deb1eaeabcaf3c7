// The demo's own signing keys: what Symbolon would sign with, oidc-provider signs with.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const made = new Map();

// The private keys of a brand as JWKs, RS256 first.
export function signingKeys(data, brand, algorithms) {
  return algorithms.map((alg) => {
    const der = readFileSync(join(data, 'keys', `${brand}.${alg.toLowerCase()}.p8`));
    const known = der.toString('base64');
    if (!made.has(known)) {
      const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
      made.set(known, { ...key.export({ format: 'jwk' }), alg, use: 'sig' });
    }
    return made.get(known);
  });
}
