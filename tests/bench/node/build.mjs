// Bundles the peer as one minified file, the way Lambda functions in Node are shipped.
//
//   node build.mjs OUTPUT.mjs
import { generateKeyPairSync } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

// Made anew for each build: a signing key in the bundle spares the peer the calls that fetch one.
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'peer' };

await build({
  entryPoints: [fileURLToPath(new URL('peer.mjs', import.meta.url))],
  outfile: process.argv[2],
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  define: { SIGNING_KEY: JSON.stringify(JSON.stringify(key)) },
  // Some of the packages are CommonJS and ask for `require`, which a module does not have.
  banner: { js: "import{createRequire as c}from'node:module';const require=c(import.meta.url);" },
  logLevel: 'warning',
});
