import type { PoolKind } from '../../protocol/pool.js';

/** How a verdict speaks of what a pool lends. */
export interface PoolWords {
  /** What it lends, in the plural. */
  readonly things: string;
  readonly thing: string;
  /** What a holder lets a thing do: "runs …". */
  readonly work: string;
  /** The same in the plural, after "short". */
  readonly works: string;
  /** What is said of things that are held and do nothing. */
  readonly idly: string;
  /** On whom it depends whether there may be more of them. */
  readonly permission: string;
}

export const poolWords: Readonly<Record<PoolKind, PoolWords>> = {
  database: {
    things: 'connections',
    thing: 'connection',
    work: 'a query',
    works: 'queries',
    idly: 'held without a query',
    permission: 'the database allows',
  },
  http: {
    things: 'connections',
    thing: 'connection',
    work: 'a request that waits for its answer',
    works: 'requests',
    idly: 'held by answers that are not read to their end',
    permission: 'the server allows',
  },
  threads: {
    things: 'threads',
    thing: 'thread',
    work: 'a task',
    works: 'tasks',
    idly: 'held without a task',
    permission: 'there are cores for them',
  },
  other: {
    things: 'resources',
    thing: 'resource',
    work: 'anything',
    works: 'uses',
    idly: 'held without being used',
    permission: 'there may be more',
  },
};
