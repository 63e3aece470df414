import {
  type DatabaseHandshakeContext,
  type DatabaseServerContext,
  databaseFull,
  lockedTable,
  type ProductTableContext,
  type SearchQueryContext,
  slowHandshake,
  slowQuery,
} from '@faultline/chaos';
import type { Pool } from 'pg';
import { createSlowSearch } from '../../routes/search/find-slow.js';
import type { TwinSwitch } from '../../twin-switch.js';
import type { FindProducts } from '../products.js';
import { delayHandshakes } from './delay-handshakes.js';
import { fillServer } from './fill-server.js';
import { holdProductLock } from './hold-lock.js';

/** Ways in which the database can be broken. */
export const databaseFaults = [slowQuery, lockedTable, databaseFull, slowHandshake] as const;

export type DatabaseFaultsContext = SearchQueryContext &
  ProductTableContext &
  DatabaseServerContext &
  DatabaseHandshakeContext;

/** What they are given. `find` is how searches are made. */
export function createDatabaseFaults(pool: Pool, find: TwinSwitch<FindProducts>): DatabaseFaultsContext {
  const url = pool.options.connectionString ?? '';
  return {
    searchQuery: {
      useSlowTwin: (options) => find.use((onSlow) => createSlowSearch(pool, { ...options, onSlow })),
    },
    productTable: { useLock: (options) => holdProductLock(url, options) },
    databaseHandshake: { useDelay: (options) => delayHandshakes(url, options) },
    databaseServer: { fill: (options) => fillServer(url, options) },
  };
}
