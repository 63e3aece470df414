import type { Cache } from './cache.js';
import { createAwaitingCache } from './cache-awaiting.js';
import { createGrowingCache } from './cache-growing.js';
import { createOversizedCache, oldSpaceBytes } from './cache-oversized.js';
import { createDatabaseFaults } from './db/faults/index.js';
import type { Database } from './db/pool.js';
import { createProducts, type FindProducts } from './db/products.js';
import type { BreakableContext } from './faults.js';
import type { Logger } from './log.js';
import { type BreakablePricing, createBreakablePricing } from './pricing/breakable-pricing.js';
import type { PricingClient } from './pricing/client.js';
import type { ExportOffer } from './routes/admin/export.js';
import { createExportSwitch, type ExportSwitch } from './routes/admin/export-switch.js';
import { copyHead, type KeepHead } from './routes/admin/photos/keep-head.js';
import { createSlicingHeads } from './routes/admin/photos/keep-head-sliced.js';
import { createBoundedDeriveKey, type DeriveKey } from './routes/admin/preview/derive-key.js';
import { createFloodingDeriveKey } from './routes/admin/preview/derive-key-flooding.js';
import { createSyncDeriveKey } from './routes/admin/preview/derive-key-sync.js';
import { createCopiedStockReport } from './routes/admin/stock/stock-copied.js';
import type { StockReport } from './routes/admin/stock/stock-report.js';
import { createStockReport } from './routes/admin/stock/stock-sql.js';
import type { WaitForArrival } from './routes/arrivals/arrivals.js';
import { waitListening } from './routes/arrivals/wait-listening.js';
import { createPollingWait } from './routes/arrivals/wait-polling.js';
import { createTickingWait } from './routes/arrivals/wait-ticking.js';
import type { ListLog } from './routes/list-log/list-log.js';
import { useStalledReader } from './routes/list-log/use-stalled-reader.js';
import { type PresentProduct, presentAsIs } from './routes/present/present.js';
import { createCloningPresent } from './routes/present/present-cloned.js';
import type { ProductView } from './routes/products.js';
import { type TidySearch, tidySearch } from './routes/search/tidy.js';
import { createBacktrackingTidy } from './routes/search/tidy-backtracking.js';
import { createParcelReader, type ReadParcel } from './routes/sheet/parcel.js';
import { createLeakingParcels } from './routes/sheet/parcel-leaking.js';
import type { ReadTerms } from './routes/sheet/terms.js';
import { createTermsReader } from './routes/sheet/terms-async.js';
import { createSyncTermsReader } from './routes/sheet/terms-sync.js';
import { useLeakingViews } from './routes/view-counts/use-leaking.js';
import { type CountView, createViewCounts } from './routes/view-counts/view-counts.js';
import { createListeningViewCounts } from './routes/view-counts/view-counts-listening.js';
import { createSocketViewCounts } from './routes/view-counts/view-counts-sockets.js';
import { createTimerViewCounts } from './routes/view-counts/view-counts-timers.js';
import { useKeepingTwin } from './twin-keeping.js';
import { createTwinSwitch, type TwinSwitch } from './twin-switch.js';

/** The parts that have a bad twin, each behind its switch. */
export interface BreakableParts extends Omit<BreakablePricing, 'context'> {
  readonly exports: ExportSwitch;
  readonly cache: TwinSwitch<Cache<ProductView>>;
  readonly present: TwinSwitch<PresentProduct>;
  readonly terms: TwinSwitch<ReadTerms>;
  readonly tidy: TwinSwitch<TidySearch>;
  readonly deriveKey: TwinSwitch<DeriveKey>;
  readonly stockReport: TwinSwitch<StockReport>;
  readonly waitForArrival: TwinSwitch<WaitForArrival>;
  readonly listLog: TwinSwitch<ListLog>;
  readonly parcel: TwinSwitch<ReadParcel>;
  readonly find: TwinSwitch<FindProducts>;
  readonly countView: TwinSwitch<CountView>;
  readonly keepHead: TwinSwitch<KeepHead>;
  readonly context: BreakableContext;
}

/** Every part starts as its good twin. `pricingProxyUrl` is the API of the proxy in front of the pricing service, null
 *  without one. */
export function createBreakableParts(
  goodExport: ExportOffer,
  goodCache: Cache<ProductView>,
  database: Database,
  goodListLog: ListLog,
  goodPricing: PricingClient,
  pricingProxyUrl: string | null,
  log: Logger,
): BreakableParts {
  const { pool } = database;
  const { context: pricingContext, ...pricing } = createBreakablePricing(goodPricing, pricingProxyUrl);
  const cache = createTwinSwitch(goodCache);
  const exports = createExportSwitch(goodExport, pool);
  const present = createTwinSwitch<PresentProduct>(presentAsIs);
  const terms = createTwinSwitch<ReadTerms>(createTermsReader());
  const tidy = createTwinSwitch<TidySearch>(tidySearch);
  const keys = createTwinSwitch<DeriveKey>(createBoundedDeriveKey());
  const stockReport = createTwinSwitch<StockReport>(createStockReport(database));
  const waitForArrival = createTwinSwitch<WaitForArrival>(waitListening);
  const listLog = createTwinSwitch<ListLog>(goodListLog);
  const parcel = createTwinSwitch<ReadParcel>(createParcelReader(pool));
  const find = createTwinSwitch<FindProducts>(createProducts(database).list);
  const countView = createTwinSwitch<CountView>(createViewCounts(log));
  const keepHead = createTwinSwitch<KeepHead>(copyHead);
  return {
    exports,
    cache,
    present,
    terms,
    tidy,
    deriveKey: keys,
    stockReport,
    waitForArrival,
    listLog,
    parcel,
    find,
    countView,
    keepHead,
    ...pricing,
    context: {
      ...pricingContext,
      exportAll: exports.exportAll,
      exportReaders: exports.exportReaders,
      productCache: {
        useGrowingTwin: (options) =>
          useKeepingTwin(cache, (onKeep) => {
            const twin = createGrowingCache<ProductView>({ ...options, onKeep });
            return { part: twin, clear: twin.clear };
          }),
      },
      productRefresh: {
        useAwaitingTwin: (options) =>
          useKeepingTwin(cache, (onKeep) => {
            const twin = createAwaitingCache<ProductView>({ ...options, onKeep });
            return { part: twin, clear: twin.clear };
          }),
      },
      productCopies: {
        useCloningTwin: (options) => present.use((onClone) => createCloningPresent({ ...options, onClone })),
      },
      productSheet: {
        useSyncTwin: (options) => terms.use((onBlock) => createSyncTermsReader({ ...options, onBlock })),
      },
      output: { useStalledReader: (options) => useStalledReader(listLog, options) },
      search: {
        useBacktrackingTwin: (options) =>
          tidy.use((onBlock) => createBacktrackingTidy({ ...options, onBlock })),
      },
      previewLinks: {
        useSyncTwin: (options) => keys.use((onBlock) => createSyncDeriveKey({ ...options, onBlock })),
      },
      previewLinkKeys: {
        useFloodingTwin: (options) => keys.use((onFlood) => createFloodingDeriveKey({ ...options, onFlood })),
      },
      arrivals: {
        usePollingTwin: (options) =>
          waitForArrival.use((onPoll) => createPollingWait({ ...options, onPoll })),
        useTickingTwin: (options) =>
          waitForArrival.use((onStarve) => createTickingWait({ ...options, onStarve })),
      },
      stockReportCopy: {
        useCopyingTwin: (options) =>
          stockReport.use((onBlock) => createCopiedStockReport(pool, { ...options, onBlock })),
      },
      parcels: {
        // A lost connection does not come back with the good twin, so the stop gives it back.
        useLeakingTwin: (options) =>
          useKeepingTwin(parcel, (onLeak) => {
            const twin = createLeakingParcels(pool, { ...options, onLeak });
            return { part: twin.read, clear: twin.giveBack };
          }),
      },
      ...createDatabaseFaults(pool, find),
      viewCounts: {
        useTimerTwin: useLeakingViews(countView, (options) => createTimerViewCounts(log, options)),
        useListeningTwin: useLeakingViews(countView, (options) => createListeningViewCounts(log, options)),
        useSocketTwin: useLeakingViews(countView, (options) => createSocketViewCounts(log, options)),
      },
      oversizedCache: {
        useOversizedTwin: (options) =>
          useKeepingTwin(cache, (onKeep) => {
            const heapBytes = oldSpaceBytes();
            const twin = createOversizedCache<ProductView>({ ...options, heapBytes, onKeep });
            return { part: twin, clear: twin.clear };
          }),
      },
      photos: {
        useSlicingTwin: (options) =>
          useKeepingTwin(keepHead, (onKeep) => {
            const { keep, clear } = createSlicingHeads({ ...options, onKeep });
            return { part: keep, clear };
          }),
      },
    },
  };
}
