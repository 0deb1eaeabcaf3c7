// What another server does in its own time.

import { setTimeout as sleep } from 'node:timers/promises';

/** Until it holds, for at most ten seconds. */
export async function eventually(holds) {
  for (const until = Date.now() + 10_000; ; await sleep(50)) {
    try {
      return await holds();
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}
