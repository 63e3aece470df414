import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that its database takes long to let anybody in. */
export interface DatabaseHandshakeContext {
  readonly databaseHandshake: {
    /** Lets the server wait before each authentication, and ends the connections of the service. */
    useDelay(options: { readonly delayMs: number; readonly expired: () => boolean }): RunningFault;
  };
}

/** The directory server behind the database's passwords that has become slow: connections that are open work as ever, and
 *  no new one is ready before the pool gives it up. */
export const slowHandshake: Fault<DatabaseHandshakeContext, 'delayMs'> = {
  id: 'slow-handshake',
  breaks: 'The database waits before it asks for a password, longer than the pool does for a connection.',
  parameters: {
    delayMs: {
      fallback: 8_000,
      min: 1_000,
      // The server's own limit.
      max: 60_000,
      meaning: 'Time in ms before each authentication; the server counts whole seconds.',
    },
  },
  mustCause: 'pool-exhausted',
  mustNotCause: ['dependency-slow', 'event-loop-stall', 'event-loop-saturated', 'cpu-starved'],
  start: ({ delayMs }, { databaseHandshake }, lease) =>
    databaseHandshake.useDelay({ delayMs, expired: () => lease.expired() }),
};
