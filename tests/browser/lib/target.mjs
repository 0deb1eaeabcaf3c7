// Which provider the tests walk through: SYMBOLON_TARGET is `local` or, as in the Rust suites, `stack`.

import { Server } from './server.mjs';
import { Stack } from './stack.mjs';

const TARGETS = { local: Server, stack: Stack };

export const target = process.env.SYMBOLON_TARGET ?? 'local';

/** A provider that no other test uses. */
export function start() {
  const kind = TARGETS[target];
  if (!kind) throw new Error(`SYMBOLON_TARGET=${target}: there are ${Object.keys(TARGETS).join(', ')}`);
  return kind.start();
}
