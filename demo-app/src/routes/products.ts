import express, { type RequestHandler, type Router } from 'express';
import type { Cache } from '../cache.js';
import { decodeCursor, encodeCursor } from '../cursor.js';
import type { FindProducts, Products } from '../db/products.js';
import type { Features } from '../features.js';
import type { Logger } from '../log.js';
import type { Price } from '../pricing/price.js';
import type { Prices } from '../pricing/remembered.js';
import { Problem } from '../problem.js';
import { idSchema, listQuerySchema, newProductSchema, type Product, validate } from '../product.js';
import type { Arrivals } from './arrivals/arrivals.js';
import { assertEnabled } from './kill-switch.js';
import type { ListLog } from './list-log/list-log.js';
import type { PresentProduct } from './present/present.js';
import type { TidySearch } from './search/tidy.js';
import type { CountView } from './view-counts/view-counts.js';

/** A product with its price. A shop window without a price is better than none, so a price that cannot be had is
 *  null, and `priceStatus` says why. Only views with a current price are cached. */
export interface ProductView extends Product {
  readonly price: Price | null;
  readonly priceStatus: 'current' | 'remembered' | 'unavailable';
}

/** What the product routes need. */
export interface ProductRoutesParts {
  readonly products: Products;
  readonly prices: Prices;
  /** Tells which cache to use for this request. */
  readonly cache: () => Cache<ProductView>;
  readonly log: Logger;
  readonly features: Features;
  /** Hears of each product that is made. */
  readonly arrivals: Arrivals;
  /** Tells how to tidy a search for this request. */
  readonly tidy: () => TidySearch;
  /** Tells how to search for this request. */
  readonly find: () => FindProducts;
  /** Tells how to present a product to this request. */
  readonly present: () => PresentProduct;
  /** Tells how to note what this list has shown. */
  readonly listLog: () => ListLog;
  /** Tells how to count that a product is looked at. */
  readonly countView: () => CountView;
}

/** The public part of the API, to be mounted at /products. */
export function createProductRoutes(parts: ProductRoutesParts): Router {
  const { products, prices, cache, log, features, arrivals, tidy, find, present, listLog, countView } = parts;
  const router = express.Router();
  const show = async (view: ProductView): Promise<ProductView> =>
    features.isEnabled('product-copies') ? present()(view) : view;

  router.get('/', async (request, response) => {
    const { search, cursor, limit } = validate(listQuerySchema, request.query, 400);
    const afterId = cursor === undefined ? 0 : decodeCursor(cursor);
    if (search !== '') assertEnabled(features, 'search');
    const wanted = search === '' ? '' : tidy()(search);
    // One more than asked for tells whether there is another page.
    const list = wanted === '' ? products.list : find();
    const found = await list({ search: wanted, afterId, limit: limit + 1 });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    if (features.isEnabled('list-log')) listLog()(items);
    response.json({ items, nextCursor: found.length > limit && last ? encodeCursor(last.id) : null });
  });

  router.get('/:id', async (request, response) => {
    const id = validate(idSchema, request.params.id, 400);
    if (features.isEnabled('view-counts')) countView()(id);
    const isCached = features.isEnabled('product-cache');
    if (!isCached) cache().release?.();
    const cached = isCached ? cache().get(id) : undefined;
    if (cached !== undefined) return void response.set('X-Cache', 'hit').json(await show(cached));
    const product = await products.find(id);
    if (product === null) throw new Problem(404, 'product-not-found', `There is no product ${id}.`);
    const known = await prices.of(id).catch((error: unknown) => {
      log.warn({ err: error, productId: id }, 'no price');
      return null;
    });
    const view: ProductView = { ...product, ...(known ?? { price: null, priceStatus: 'unavailable' }) };
    if (view.priceStatus === 'current' && isCached) cache().set(id, view);
    response.set('X-Cache', 'miss').json(await show(view));
  });

  router.post('/', jsonBody(), async (request, response) => {
    const product = await products.create(validate(newProductSchema, request.body, 422));
    arrivals.announce(product.id);
    response.status(201).location(`/products/${product.id}`).json(product);
  });

  return router;
}

/** Reads a JSON body of at most 100 kB; anything that does not call itself JSON is refused with 415. */
export function jsonBody(): RequestHandler {
  const parse = express.json({ limit: '100kb' });
  return (request, response, next) => {
    if (request.is('json')) parse(request, response, next);
    else next(new Problem(415, 'unsupported-media-type', 'Send a body with Content-Type: application/json.'));
  };
}
