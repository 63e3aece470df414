import type { Fault } from './fault.js';
import { type ChaosHandler, createHandler } from './http/handler.js';
import { LeaseBook } from './lease/lease-book.js';
import { type ChaosLogger, stderrLogger } from './log.js';
import { type Environment, readSafeguards } from './safeguards.js';

/** What a service passes in to become breakable. */
export interface ChaosOptions<Context> {
  /** The faults that may be injected, by id. */
  readonly faults: readonly Fault<Context>[];
  /** The service's own doors to its good and bad twins. */
  readonly context: Context;
  /** Where the safeguards are read from, once. Default: `process.env`. */
  readonly environment?: Environment;
  /** Takes one line at the start and one at the end of each fault. Default: JSON lines on stderr. */
  readonly logger?: ChaosLogger;
}

/** Fault injection for one service. */
export interface Chaos {
  /** The HTTP controls, for `app.use('/chaos', chaos.handler)` or plain `node:http`. */
  readonly handler: ChaosHandler;
  /** Undoes every fault and ends the thread that keeps the leases. */
  close(): Promise<void>;
}

/** Makes a service breakable on purpose. Off by default: without all three safeguards every request is answered
 *  403, with the safeguard that is missing. Starts no thread before the first fault. */
export function createChaos<Context>(options: ChaosOptions<Context>): Chaos {
  const { faults, context, environment = process.env, logger = stderrLogger } = options;
  const leases = new LeaseBook<Context>({ faults: faults.length, context, logger });
  return {
    handler: createHandler(readSafeguards(environment), faults, leases),
    close: () => leases.close(),
  };
}
