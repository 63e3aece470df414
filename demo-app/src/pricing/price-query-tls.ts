import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { OnHarm } from '../twin-switch.js';
import { askPrice, type PriceQuery } from './price-query.js';

/** The fault ends here, whatever its lease says: certificates in all contexts, some 1.5 GB. */
const certificatesMost = 200_000;

/** The bad twin: prepares each question for a day on which the pricing service speaks TLS, with a context of its own,
 *  and keeps the contexts for a next time that never comes. What OpenSSL reads into them lies outside of V8's sight. */
export function createTlsQuery(options: {
  readonly authorities: number;
  readonly expired: () => boolean;
  readonly onHarm: OnHarm;
}): { query: PriceQuery; clear(): void } {
  const ca = rootCertificates.slice(0, options.authorities);
  let contexts: SecureContext[] = [];
  return {
    query(productId) {
      const isFull = (contexts.length + 1) * ca.length > certificatesMost;
      if (options.expired() || isFull) return askPrice(productId);
      contexts.push(createSecureContext({ ca }));
      options.onHarm();
      return askPrice(productId);
    },
    clear() {
      contexts = [];
    },
  };
}
