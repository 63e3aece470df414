import express, { type Express, type RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { createBreakableParts } from './breakable.js';
import { createBoundedCache } from './cache.js';
import type { Config } from './config.js';
import type { Database } from './db/pool.js';
import { createProducts } from './db/products.js';
import { createErrorHandler, notFound } from './errors.js';
import type { BreakableContext } from './faults.js';
import { createFeatures } from './features.js';
import type { Logger } from './log.js';
import type { PricingClient } from './pricing/client.js';
import { createPrices } from './pricing/remembered.js';
import { Problem } from './problem.js';
import { createRequestLog } from './request-log.js';
import { requireToken } from './routes/admin/auth.js';
import { createConnectionRoutes } from './routes/admin/connections.js';
import { createExports } from './routes/admin/export.js';
import { createStreamingExport } from './routes/admin/export-streaming.js';
import { createFeatureRoutes } from './routes/admin/features.js';
import { createPhotoHandler, photoBody } from './routes/admin/photos/photos.js';
import { createPreviewLinkHandler } from './routes/admin/preview/preview-links.js';
import { createStockReportHandler } from './routes/admin/stock/stock-report.js';
import { createArrivals, createArrivalsHandler } from './routes/arrivals/arrivals.js';
import { answerHealth, createReadinessHandler } from './routes/health.js';
import { requireFeature } from './routes/kill-switch.js';
import { createListLog } from './routes/list-log/list-log.js';
import { createProductRoutes, jsonBody, type ProductView } from './routes/products.js';
import { createSheetHandler } from './routes/sheet/sheet.js';

/** What the API is made of. */
export interface AppParts {
  readonly config: Config;
  readonly database: Database;
  readonly pricing: PricingClient;
  readonly log: Logger;
  readonly isStopping: () => boolean;
  /** Makes the handler of /chaos from the parts that may be broken on purpose. Null mounts nothing. */
  readonly mountChaos: ((context: BreakableContext) => RequestHandler) | null;
}

/** The product catalog API, ready to be served. */
export function createApp({ config, database, pricing, log, isStopping, mountChaos }: AppParts): Express {
  const features = createFeatures();
  const cache = createBoundedCache<ProductView>({
    maxEntries: config.cacheMaxEntries,
    ttlMs: config.cacheTtlMs,
  });
  const goodExport = {
    send: createStreamingExport(database.pool, config.exportTimeoutMs),
    limits: { exportsMax: config.exportsMax, timeoutMs: config.exportTimeoutMs },
  };
  const parts = createBreakableParts(
    goodExport,
    cache,
    database,
    createListLog(log),
    pricing,
    config.pricingProxyUrl,
    log,
  );
  const products = createProducts(database);
  const app = express();
  app.disable('x-powered-by');
  app.use(createRequestLog(log));
  app.get('/healthz', answerHealth);
  app.get('/readyz', createReadinessHandler(database, isStopping));
  if (mountChaos !== null) app.use('/chaos', mountChaos(parts.context));
  app.use('/products', limitRate(config.rateLimitPerMinute));
  pricing.keepSockets(() => features.isEnabled('kept-sockets'));
  const prices = createPrices(parts.pricing.current, features, parts.priceQuery.current, parts.retry.current);
  const arrivals = createArrivals();
  app.get(
    '/products/arrivals',
    requireFeature(features, 'arrivals'),
    createArrivalsHandler(arrivals, parts.waitForArrival.current),
  );
  app.get(
    '/products/:id/sheet',
    requireFeature(features, 'product-sheet'),
    createSheetHandler(parts.parcel.current, parts.terms.current),
  );
  app.use(
    '/products',
    createProductRoutes({
      products,
      prices,
      cache: parts.cache.current,
      log,
      features,
      arrivals,
      tidy: parts.tidy.current,
      find: parts.find.current,
      present: parts.present.current,
      listLog: parts.listLog.current,
      countView: parts.countView.current,
    }),
  );
  app.use('/admin', limitRate(config.adminRateLimitPerMinute), requireToken(config.adminToken));
  const exports = createExports(parts.exports.current, features);
  app.use('/admin/features', createFeatureRoutes(features, log));
  app.use('/admin/connections', createConnectionRoutes(database, [pricing, exports], log));
  app.get('/admin/products/export-all', exports.handle);
  app.post(
    '/admin/products/:id/preview-links',
    requireFeature(features, 'preview-links'),
    jsonBody(),
    createPreviewLinkHandler(products, parts.deriveKey.current),
  );
  app.post(
    '/admin/products/:id/photos',
    requireFeature(features, 'photos'),
    photoBody(),
    createPhotoHandler(products, parts.keepHead.current),
  );
  app.get(
    '/admin/stock-report',
    requireFeature(features, 'stock-report'),
    createStockReportHandler(parts.stockReport.current),
  );
  app.use(notFound);
  app.use(createErrorHandler(log));
  return app;
}

/** At most so many requests a minute from one address. */
function limitRate(perMinute: number): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // The service trusts no proxy, so a forwarded address is somebody's claim and not worth a warning.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (_request, _response, next) => {
      next(
        new Problem(429, 'too-many-requests', `More than ${perMinute} requests in one minute; slow down.`),
      );
    },
  });
}
