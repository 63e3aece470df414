import type pg from 'pg';
import { adjectives, brands, colors, materials, nouns, sentences, tags } from './vocabulary.js';

/** Number of products of the demo. */
export const seedSize = 50_000;

/** Words are picked by multiples of primes: every run makes the same catalog, whatever the server's version. */
const seedStatement = `
  insert into products
    (sku, name, brand, category, description, tags, attributes, weight_grams, stock, created_at, updated_at)
  select
    'SKU-' || lpad(n::text, 6, '0'),
    pick($2, n * 7) || ' ' || pick($3, n * 13) || ' ' || pick($4, n) || ' No. ' || (n % 977 + 1),
    pick($6, n * 11),
    pick($5, n),
    pick($9, n) || ' ' || pick($9, n * 3 + 1) || ' ' || pick($9, n * 5 + 4) || ' ' || pick($9, n / 13),
    array[pick($8, n * 3), pick($8, n * 5 + 1), pick($8, n / 11 + 2)],
    jsonb_build_object('color', pick($7, n * 5), 'material', pick($3, n * 13), 'widthMm', 40 + n * 17 % 800,
      'heightMm', 30 + n * 29 % 1200, 'depthMm', 20 + n * 31 % 600, 'warrantyYears', 1 + n % 10),
    50 + n * 37 % 20000,
    n * 53 % 400,
    timestamptz '2025-01-01 00:00:00+00' + n * interval '7 minutes',
    timestamptz '2025-10-01 00:00:00+00' + n * interval '3 minutes'
  from generate_series(1, $1::integer) as n
  order by n`;

const pickFunction = `
  create or replace function pg_temp.pick(words text[], n integer) returns text
  language sql immutable as 'select words[1 + n % array_length(words, 1)]'`;

/** Fills the catalog when it is empty. Returns the number of products made. */
export async function seedProducts(client: pg.Client, count: number): Promise<number> {
  const { rows } = await client.query<{ filled: boolean }>('select exists (select from products) as filled');
  if (rows[0]?.filled !== false || count === 0) return 0;
  await client.query(pickFunction);
  await client.query(seedStatement.replaceAll(/\bpick\(\$(\d)/g, 'pg_temp.pick($$$1::text[]'), [
    count,
    adjectives,
    materials,
    nouns.map(([noun]) => noun),
    nouns.map(([, category]) => category),
    brands,
    colors,
    tags,
    sentences,
  ]);
  // The planner should know the table before the first search.
  await client.query('analyze products');
  return count;
}
