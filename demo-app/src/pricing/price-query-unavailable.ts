import { askPrice, type PriceQuery } from './price-query.js';

/** The bad twin: asks for prices of which the pricing service cannot give some, as when a part of its store is down. */
export function createUnavailableQuery(options: {
  readonly failingShare: number;
  readonly expired: () => boolean;
}): PriceQuery {
  return (productId) =>
    options.expired() ? askPrice(productId) : `${askPrice(productId)}?unavailable=${options.failingShare}`;
}
