import type { Pool } from 'pg';
import type { ProductRow } from '../../../product.js';
import type { CategoryStock } from './stock-report.js';

/** What the bad twin keeps of each product. */
export type StockRow = Pick<
  ProductRow,
  'id' | 'sku' | 'name' | 'brand' | 'category' | 'tags' | 'attributes' | 'weight_grams' | 'stock'
>;

const columns = 'id, sku, name, brand, category, tags, attributes, weight_grams, stock';

/** All products in memory, read once: what the bad twin of the stock report works on. A failed read is tried again
 *  by the next report. */
export function createSnapshot(pool: Pool): () => Promise<readonly StockRow[]> {
  let rows: Promise<readonly StockRow[]> | null = null;
  return () => {
    rows ??= pool
      .query<StockRow>(`select ${columns} from products order by id`)
      .then((result) => result.rows);
    rows.catch(() => {
      rows = null;
    });
    return rows;
  };
}

/** Sums by category. */
export interface Totals {
  add(row: StockRow): void;
  list(): readonly CategoryStock[];
}

/** Starts with no category. There are as many as the catalog has. */
export function createTotals(): Totals {
  const totals = new Map<string, CategoryStock>();
  return {
    add({ category, stock, weight_grams }) {
      const { products, pieces, weightGrams } = totals.get(category) ?? {
        products: 0,
        pieces: 0,
        weightGrams: 0,
      };
      totals.set(category, {
        category,
        products: products + 1,
        pieces: pieces + stock,
        weightGrams: weightGrams + stock * weight_grams,
      });
    },
    list: () => [...totals.values()].sort((a, b) => (a.category < b.category ? -1 : 1)),
  };
}
