import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that its stock report can be made to copy the whole catalog as JSON. */
export interface StockReportCopyContext {
  readonly stockReportCopy: {
    /** Replaces the sums of the database by sums over a copy of everything. A copy cannot be ended early; between
     *  two of them `expired` is asked. */
    useCopyingTwin(options: { readonly copies: number; readonly expired: () => boolean }): RunningFault;
  };
}

/** `JSON.parse(JSON.stringify(everything))`: nobody notices until everything is big. */
export const hugeJson: Fault<StockReportCopyContext, 'copies'> = {
  id: 'huge-json',
  breaks:
    'The stock report copies the whole catalog as one JSON text instead of asking the database for sums.',
  parameters: {
    copies: {
      fallback: 1,
      min: 1,
      max: 5,
      meaning: 'How often each report copies the catalog; scales the block.',
    },
  },
  mustCause: 'event-loop-stall',
  mustNotCause: ['cpu-starved', 'event-loop-saturated', 'dependency-slow'],
  start: ({ copies }, { stockReportCopy }, lease) =>
    stockReportCopy.useCopyingTwin({ copies: Math.floor(copies), expired: () => lease.expired() }),
};
