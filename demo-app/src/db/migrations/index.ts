import { products } from './0001-products.js';
import { search } from './0002-search.js';
import type { Migration } from './migration.js';

export type { Migration };

/** Every step of the schema, in order. */
export const migrations: readonly Migration[] = [products, search];
