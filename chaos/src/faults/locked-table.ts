import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that a table which all of its routes read can be locked. */
export interface ProductTableContext {
  readonly productTable: {
    /** Locks the table for itself in a session of its own, and leaves the transaction open. */
    useLock(options: { readonly expired: () => boolean }): RunningFault;
  };
}

/** The migration whose transaction stays open: everybody who reads the table waits for it, each with a connection, and
 *  to the service each of these queries looks like a slow one. */
export const lockedTable: Fault<ProductTableContext> = {
  id: 'locked-table',
  breaks: 'A session outside of the pool locks the table of products and leaves its transaction open.',
  parameters: {},
  mustCause: 'pool-exhausted',
  mustNotCause: ['dependency-slow', 'event-loop-stall', 'event-loop-saturated', 'cpu-starved'],
  start: (_parameters, { productTable }, lease) => productTable.useLock({ expired: () => lease.expired() }),
};
