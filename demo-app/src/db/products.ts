import type { NewProduct, Product, ProductRow } from '../product.js';
import { toProduct } from '../product.js';
import type { Database } from './pool.js';

/** Products with an id above `afterId` whose name holds `search`, in the order of ids. */
export type FindProducts = (query: {
  readonly search: string;
  readonly afterId: number;
  readonly limit: number;
}) => Promise<readonly Product[]>;

/** Reads and writes of the products table. */
export interface Products {
  readonly list: FindProducts;
  /** Null when there is no such product. */
  find(id: number): Promise<Product | null>;
  create(product: NewProduct): Promise<Product>;
}

/** Statements are constant texts; whatever comes from outside is a parameter. */
export function createProducts(database: Database): Products {
  return {
    async list({ search, afterId, limit }) {
      const rows =
        search === ''
          ? await database.query<ProductRow>('select * from products where id > $1 order by id limit $2', [
              afterId,
              limit,
            ])
          : await database.query<ProductRow>(
              'select * from products where name ilike $3 and id > $1 order by id limit $2',
              [afterId, limit, `%${escapeLike(search)}%`],
            );
      return rows.map(toProduct);
    },
    async find(id) {
      const [row] = await database.query<ProductRow>('select * from products where id = $1', [id]);
      return row === undefined ? null : toProduct(row);
    },
    async create(product) {
      const [row] = await database.query<ProductRow>(
        `insert into products (sku, name, brand, category, description, tags, attributes, weight_grams, stock)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning *`,
        [
          product.sku,
          product.name,
          product.brand,
          product.category,
          product.description,
          product.tags,
          product.attributes,
          product.weightGrams,
          product.stock,
        ],
      );
      if (row === undefined) throw new Error('insert returned no row');
      return toProduct(row);
    },
  };
}

/** Makes the wildcards of LIKE ordinary characters. */
export function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}
