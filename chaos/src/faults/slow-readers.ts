import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that its big export can wait for its readers without end. */
export interface ExportReadersContext {
  readonly exportReaders: {
    /** Lets as many exports run as are asked for, each for as long as its reader takes. Its stop ends those that run. */
    usePatientTwin(options: { readonly expired: () => boolean }): RunningFault;
  };
}

/** The export whose limits were lifted because a download over a slow line always broke off: it streams in small batches and
 *  waits for its reader as it should, and its database connection waits with it. Somebody has to read slowly, which the
 *  load must do. */
export const slowReaders: Fault<ExportReadersContext> = {
  id: 'slow-readers',
  breaks:
    'The big export has no limit of time or number, and keeps a database connection until its reader is done.',
  parameters: {},
  mustCause: 'pool-exhausted',
  mustNotCause: [
    'dependency-slow',
    'dependency-failing',
    'event-loop-stall',
    'event-loop-saturated',
    'cpu-starved',
  ],
  start: (_parameters, { exportReaders }, lease) =>
    exportReaders.usePatientTwin({ expired: () => lease.expired() }),
};
