import {
  type ArrivalsContext,
  type ArrivalsTickContext,
  bodiesNotRead,
  busyNeighbour,
  callbackFlood,
  connectionNotReleased,
  connectTimeouts,
  deepClone,
  type ExportAllContext,
  type ExportReadersContext,
  exportAllBlocking,
  type Fault,
  failingPricing,
  heapNearLimit,
  hugeJson,
  keepAliveRace,
  listenerPerRequest,
  microtaskRecursion,
  type OutputContext,
  type OversizedCacheContext,
  type ParcelContext,
  type PhotosContext,
  type PreviewLinkKeysContext,
  type PreviewLinksContext,
  type ProductCacheContext,
  type ProductCopiesContext,
  type ProductRefreshContext,
  type ProductSheetContext,
  pricingBlackHole,
  promisePerRequest,
  redosSearch,
  retainedUploadSlices,
  type SearchContext,
  type StockReportCopyContext,
  slowDns,
  slowPricing,
  slowPricingLookup,
  slowReaders,
  socketPerRequest,
  stalledStdout,
  syncCrypto,
  syncIo,
  threadpoolCrypto,
  timerPerRequest,
  tlsContextPerRequest,
  tooFewSockets,
  unboundedCache,
  type ViewCountsContext,
} from '@faultline/chaos';
import { type DatabaseFaultsContext, databaseFaults } from './db/faults/index.js';
import type { BreakablePricingContext } from './pricing/breakable-pricing.js';

/** What chaos may break. */
export type BreakableContext = ArrivalsContext &
  ArrivalsTickContext &
  ExportAllContext &
  ExportReadersContext &
  OutputContext &
  PreviewLinksContext &
  PreviewLinkKeysContext &
  ProductCacheContext &
  ProductCopiesContext &
  ProductRefreshContext &
  ProductSheetContext &
  SearchContext &
  StockReportCopyContext &
  ParcelContext &
  DatabaseFaultsContext &
  ViewCountsContext &
  OversizedCacheContext &
  PhotosContext &
  BreakablePricingContext;

/** Every way in which this service can be broken. */
export const faults: readonly Fault<BreakableContext>[] = [
  busyNeighbour,
  callbackFlood,
  deepClone,
  exportAllBlocking,
  hugeJson,
  microtaskRecursion,
  pricingBlackHole,
  redosSearch,
  slowPricing,
  stalledStdout,
  slowPricingLookup,
  syncCrypto,
  syncIo,
  threadpoolCrypto,
  unboundedCache,
  promisePerRequest,
  connectionNotReleased,
  ...databaseFaults,
  failingPricing,
  timerPerRequest,
  listenerPerRequest,
  heapNearLimit,
  retainedUploadSlices,
  tlsContextPerRequest,
  tooFewSockets,
  bodiesNotRead,
  connectTimeouts,
  socketPerRequest,
  slowDns,
  keepAliveRace,
  slowReaders,
];
