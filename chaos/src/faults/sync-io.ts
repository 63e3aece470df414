import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that its product sheet can be made to wait for files and programs. */
export interface ProductSheetContext {
  readonly productSheet: {
    /** Replaces the asynchronous reading of the terms by calls that hold the main thread until they have ended. */
    useSyncTwin(options: { readonly toolDelayMs: number; readonly expired: () => boolean }): RunningFault;
  };
}

/** Harmless with a local disk and a quick tool, and a stall for everybody as soon as either is slow. The process
 *  sleeps meanwhile: blocked, and yet no CPU is used. */
export const syncIo: Fault<ProductSheetContext, 'toolDelayMs'> = {
  id: 'sync-io',
  breaks: 'The product sheet reads its file and runs its tool synchronously instead of asynchronously.',
  parameters: {
    toolDelayMs: {
      fallback: 300,
      min: 0,
      max: 5_000,
      meaning: 'Time in ms that the tool takes beside its work, as on a slow share.',
    },
  },
  mustCause: 'event-loop-stall',
  mustNotCause: ['cpu-starved', 'event-loop-saturated'],
  start: ({ toolDelayMs }, { productSheet }, lease) =>
    productSheet.useSyncTwin({ toolDelayMs, expired: () => lease.expired() }),
};
