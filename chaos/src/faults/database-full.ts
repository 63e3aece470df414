import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that its database can be left without a connection for it. */
export interface DatabaseServerContext {
  readonly databaseServer: {
    /** Takes every connection that the server has to give, and ends those of the service. Opens at most `sessionsMost`;
     *  a server that allows more is not full. */
    fill(options: { readonly sessionsMost: number; readonly expired: () => boolean }): RunningFault;
  };
}

/** The other service that was scaled out: after a restart of the database its instances are quicker, and the server
 *  has no connection left (`53300`, too many clients). */
export const databaseFull: Fault<DatabaseServerContext, 'sessionsMost'> = {
  id: 'database-full',
  breaks:
    'All connections that the database server allows are taken by others, and the pool has lost its own.',
  parameters: {
    sessionsMost: {
      fallback: 100,
      min: 1,
      max: 500,
      meaning: 'Most sessions that are opened; more than the server allows, or it is not full.',
    },
  },
  mustCause: 'dependency-failing',
  mustNotCause: ['dependency-slow', 'retry-storm', 'event-loop-stall', 'event-loop-saturated', 'cpu-starved'],
  start: ({ sessionsMost }, { databaseServer }, lease) =>
    databaseServer.fill({ sessionsMost, expired: () => lease.expired() }),
};
