import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that it can be made to copy more than it needs. */
export interface ProductCopiesContext {
  readonly productCopies: {
    /** Replaces the view of a product by a deep copy of all products seen lately, of which one is shown. Nothing of
     *  the copy is kept. */
    useCloningTwin(options: { readonly shelfMax: number; readonly expired: () => boolean }): RunningFault;
  };
}

/** Immutability by copying: nothing leaks, and the collector works all day. */
export const deepClone: Fault<ProductCopiesContext, 'shelfMax'> = {
  id: 'deep-clone',
  breaks: 'Each request gets a deep copy of all products seen lately instead of the one that it shows.',
  parameters: {
    shelfMax: {
      fallback: 8_000,
      min: 1,
      max: 40_000,
      meaning: 'Products that each request copies, of some twenty fields.',
    },
  },
  mustCause: 'gc-pressure',
  mustNotCause: ['heap-leak', 'event-loop-saturated', 'cpu-starved', 'dependency-slow'],
  start: ({ shelfMax }, { productCopies }, lease) =>
    productCopies.useCloningTwin({ shelfMax: Math.floor(shelfMax), expired: () => lease.expired() }),
};
