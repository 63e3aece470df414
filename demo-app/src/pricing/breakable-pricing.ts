import {
  createNetworkDoor,
  type FailingPricingContext,
  type PriceComparisonContext,
  type PricingAddressContext,
  type PricingLookupContext,
  type PricingNameContext,
  type PricingNetworkContext,
  type PricingStatusContext,
  type PricingTlsContext,
} from '@faultline/chaos';
import { useKeepingTwin } from '../twin-keeping.js';
import { createTwinSwitch, type TwinSwitch } from '../twin-switch.js';
import type { PriceAsker, PricingClient } from './client.js';
import { createComparingPricing } from './client-comparing.js';
import { createStaleAddressPricing } from './client-stale-address.js';
import { createUncachedNamePricing } from './client-uncached-name.js';
import { createUnreadPricing } from './client-unread.js';
import { askPrice, type PriceQuery } from './price-query.js';
import { createHistoryQuery } from './price-query-history.js';
import { createTlsQuery } from './price-query-tls.js';
import type { Retry } from './retry.js';
import { createBoundedRetry } from './retry-bounded.js';
import { useRetryingTwin } from './use-retrying.js';

/** What chaos may break of the way to the pricing service. */
export type BreakablePricingContext = PricingNetworkContext &
  PricingLookupContext &
  FailingPricingContext &
  PriceComparisonContext &
  PricingStatusContext &
  PricingAddressContext &
  PricingNameContext &
  PricingTlsContext;

/** The parts of the way to the pricing service that have a bad twin, each behind its switch. */
export interface BreakablePricing {
  readonly priceQuery: TwinSwitch<PriceQuery>;
  readonly pricing: TwinSwitch<PriceAsker>;
  readonly retry: TwinSwitch<Retry>;
  readonly context: BreakablePricingContext;
}

/** Every part starts as its good twin. `proxyUrl` is the API of the proxy in front of the pricing service, null without
 *  one. */
export function createBreakablePricing(good: PricingClient, proxyUrl: string | null): BreakablePricing {
  const priceQuery = createTwinSwitch<PriceQuery>(askPrice);
  const pricing = createTwinSwitch<PriceAsker>(good);
  const retry = createTwinSwitch<Retry>(createBoundedRetry());
  return {
    priceQuery,
    pricing,
    retry,
    context: {
      pricingNetwork: createNetworkDoor({
        apiUrl: proxyUrl,
        proxy: 'pricing',
        hint: 'start the demo with --behind-proxy pricing',
      }),
      pricing: {
        useHistoryTwin: (options) => priceQuery.use((onHarm) => createHistoryQuery({ ...options, onHarm })),
      },
      priceComparison: {
        useComparingTwin: (options) =>
          pricing.use((onHarm) => createComparingPricing(good, { ...options, onHarm })),
      },
      pricingStatus: {
        useUnreadTwin: (options) =>
          useKeepingTwin(pricing, (onHarm) => {
            const twin = createUnreadPricing(good, { ...options, onHarm });
            return { part: twin, clear: twin.readAll };
          }),
      },
      pricingAddress: {
        useStaleTwin: (options) =>
          useKeepingTwin(pricing, (onHarm) => {
            const twin = createStaleAddressPricing(good, { ...options, onHarm });
            return { part: twin, clear: twin.close };
          }),
      },
      pricingName: {
        useUncachedTwin: (options) =>
          useKeepingTwin(pricing, (onHarm) => {
            const twin = createUncachedNamePricing(good, { ...options, onHarm });
            return { part: twin, clear: twin.close };
          }),
      },
      failingPricing: { useRetryingTwin: (options) => useRetryingTwin(priceQuery, retry, options) },
      pricingTls: {
        useTlsTwin: (options) =>
          useKeepingTwin(priceQuery, (onHarm) => {
            const { query, clear } = createTlsQuery({ ...options, onHarm });
            return { part: query, clear };
          }),
      },
    },
  };
}
