import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that it can be made to keep memory that no JavaScript object accounts for. */
export interface PricingTlsContext {
  readonly pricingTls: {
    /** Makes a TLS context with its own list of authorities for each price that is asked for, and keeps it. Its stop
     *  lets go of what was kept. */
    useTlsTwin(options: { readonly authorities: number; readonly expired: () => boolean }): RunningFault;
  };
}

/** `new https.Agent({ ca })` in every request: the objects are tiny, and OpenSSL's half a megabyte behind each of them
 *  is in nobody's heap. */
export const tlsContextPerRequest: Fault<PricingTlsContext, 'authorities'> = {
  id: 'tls-context-per-request',
  breaks:
    'Each question for a price gets a TLS context of its own with a list of authorities, and all are kept.',
  parameters: {
    authorities: {
      fallback: 40,
      min: 1,
      max: 140,
      meaning: 'Certificates in each context; each takes some 7 kB outside of heap and buffers, and 0.5 ms.',
    },
  },
  mustCause: 'rss-growth',
  mustNotCause: ['heap-leak', 'external-memory-growth', 'heap-near-limit', 'event-loop-saturated'],
  start: ({ authorities }, { pricingTls }, lease) =>
    pricingTls.useTlsTwin({ authorities: Math.floor(authorities), expired: () => lease.expired() }),
};
