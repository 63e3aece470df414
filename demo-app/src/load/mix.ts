import { encodeCursor } from '../cursor.js';
import { nouns } from '../db/vocabulary.js';
import { popular, type Random } from './random.js';

/** One request of the load. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string | Buffer | null;
  /** JSON without it. */
  readonly contentType?: string;
}

const searchShare = 0.12;
const listShare = 0.13;
const createShare = 0.01;
/** Most visitors look at the first pages only. */
const pagesRead = 20;
const pageSize = 20;

/** What visitors of the shop ask for: mostly single products, some lists and searches, now and then a new product.
 *  `runId` keeps the new products of two runs apart. */
export function createMix(random: Random, productCount: number, runId: string): () => LoadRequest {
  let created = 0;
  const get = (path: string): LoadRequest => ({ method: 'GET', path, body: null });
  return () => {
    const kind = random();
    if (kind < createShare) {
      created += 1;
      return {
        method: 'POST',
        path: '/products',
        body: JSON.stringify(newProduct(`LOAD-${runId}-${created}`)),
      };
    }
    if (kind < createShare + searchShare) {
      const [noun = ''] = nouns[Math.floor(random() * nouns.length)] ?? [];
      return get(`/products?search=${encodeURIComponent(noun)}`);
    }
    if (kind < createShare + searchShare + listShare) {
      const afterId = Math.min(productCount, (popular(random, pagesRead) - 1) * pageSize);
      return get(afterId === 0 ? '/products' : `/products?cursor=${encodeCursor(afterId)}`);
    }
    return get(`/products/${popular(random, productCount)}`);
  };
}

const newProduct = (sku: string) => ({
  sku,
  name: 'Sample Product',
  brand: 'Load',
  category: 'Samples',
  description: 'Made by the load generator.',
  tags: ['sample'],
  attributes: { color: 'grey' },
  weightGrams: 100,
  stock: 1,
});
