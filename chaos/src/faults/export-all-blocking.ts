import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that its full export can be made to block. */
export interface ExportAllContext {
  readonly exportAll: {
    /** Replaces the streaming export by one that builds everything on the main thread. A block that lasts for
     *  seconds asks `expired` now and then and gives up when the lease has ended. */
    useBlockingTwin(options: { readonly copies: number; readonly expired: () => boolean }): RunningFault;
  };
}

/** The small admin feature of every second outage: fine with 50 rows in development, fatal with all of them. */
export const exportAllBlocking: Fault<ExportAllContext, 'copies'> = {
  id: 'export-all-blocking',
  breaks: 'The product export builds and serialises every row on the main thread instead of streaming.',
  parameters: {
    copies: {
      fallback: 1,
      min: 1,
      max: 10,
      meaning: 'How many times each product is formatted; scales the block.',
    },
  },
  mustCause: 'event-loop-stall',
  mustNotCause: ['cpu-starved', 'event-loop-saturated', 'dependency-slow'],
  start: ({ copies }, { exportAll }, lease) =>
    exportAll.useBlockingTwin({ copies, expired: () => lease.expired() }),
};
