import type { Migration } from './migration.js';

/** Substring search on names by trigrams. A server without pg_trgm, or a user who may not install it, gets along
 *  with a scan in the order of ids: slower, and still bounded by the statement's time limit. */
export const search: Migration = {
  id: 2,
  name: 'search',
  sql: `
    do $$
    begin
      if exists (select from pg_available_extensions where name = 'pg_trgm') then
        create extension if not exists pg_trgm;
        create index products_name_trigrams on products using gin (name gin_trgm_ops);
      end if;
    exception when insufficient_privilege then
      raise notice 'no permission to install pg_trgm; searches will scan';
    end
    $$`,
};
