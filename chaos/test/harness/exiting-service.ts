import { LeaseBook } from '../../src/lease/lease-book.js';
import { silent } from './controls.js';

// A service that ends in the way named by its argument while a fault runs. Prints what happened to the fault.
const print = (line: unknown) => console.log(JSON.stringify(line));
const leases = new LeaseBook({ faults: 1, context: null, logger: silent });
const alive = setInterval(() => {}, 1000);
await leases.start({
  fault: {
    id: 'any',
    breaks: 'Nothing.',
    parameters: {},
    mustCause: 'event-loop-stall',
    mustNotCause: [],
    start: () => ({
      signal: () => ({ hits: 0, firstHitAt: null, lastHitAt: null }),
      stop: () => print({ stopped: true }),
    }),
  },
  parameters: {},
  ttlMs: 900_000,
  drill: null,
});
print({ started: true });
clearInterval(alive);
const way = process.argv[2];
if (way === 'exit') process.exit(0);
if (way === 'throw') throw new Error('uncaught on purpose');
await leases.close();
