// Every world has a time of its own. oidc-provider and jose ask `Date`, so `Date` asks whose request is being answered.
import { AsyncLocalStorage } from 'node:async_hooks';

const Machine = globalThis.Date;
const clocks = new AsyncLocalStorage();

const now = () => Machine.now() + (clocks.getStore()?.ahead ?? 0) * 1000;

globalThis.Date = class Date extends Machine {
  constructor(...given) {
    super(...(given.length > 0 ? given : [now()]));
  }

  static now = now;
};

export const newClock = () => ({ ahead: 0 });

// Everything that `call` does happens at this clock's time.
export const run = (clock, call) => clocks.run(clock, call);

export const seconds = () => Math.floor(now() / 1000);
