// Which provider the tests walk through: SYMBOLON_TARGET is `local` or, as in the Rust suites, `stack`.

import { test } from 'node:test';
import { Server } from './server.mjs';
import { Stack } from './stack.mjs';

const TARGETS = { local: Server, stack: Stack };

export const target = process.env.SYMBOLON_TARGET ?? 'local';

const kind = TARGETS[target];
if (!kind) throw new Error(`SYMBOLON_TARGET=${target}: there are ${Object.keys(TARGETS).join(', ')}`);

/** A provider that no other test uses. */
export function start() {
  return kind.start();
}

/** A test that moves the provider's clock, where there is one to move. */
export function clockTest(name, body) {
  if ('advance' in kind.prototype) test(name, body);
}
