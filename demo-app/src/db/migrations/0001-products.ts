import type { Migration } from './migration.js';

/** The catalog itself. Lists are read by id, so that the primary key serves every page. */
export const products: Migration = {
  id: 1,
  name: 'products',
  sql: `
    create table products (
      id integer generated always as identity primary key,
      sku text not null unique,
      name text not null,
      brand text not null,
      category text not null,
      description text not null default '',
      tags text[] not null default '{}',
      attributes jsonb not null default '{}',
      weight_grams integer not null check (weight_grams >= 0),
      stock integer not null default 0 check (stock >= 0),
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`,
};
