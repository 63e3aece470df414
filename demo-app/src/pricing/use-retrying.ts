import type { FailingPricingContext, RunningFault } from '@faultline/chaos';
import type { TwinSwitch } from '../twin-switch.js';
import type { PriceQuery } from './price-query.js';
import { createUnavailableQuery } from './price-query-unavailable.js';
import type { Retry } from './retry.js';
import { createNaiveRetry } from './retry-naive.js';

type RetryingTwin = FailingPricingContext['failingPricing']['useRetryingTwin'];

/** Two parts make the harm: prices that cannot be had, and a loop that does not give up. */
export function useRetryingTwin(
  priceQuery: TwinSwitch<PriceQuery>,
  retry: TwinSwitch<Retry>,
  { failingShare, attempts, expired }: Parameters<RetryingTwin>[0],
): RunningFault {
  const query = priceQuery.use(() => createUnavailableQuery({ failingShare, expired }));
  const naive = retry.use((onHarm) => createNaiveRetry({ attempts, expired, onHarm }));
  return {
    signal: naive.signal,
    stop() {
      naive.stop();
      query.stop();
    },
  };
}
