import type { PoolAdapter, PoolRecorder } from '../adapter.js';
import { discoverClass } from '../discover-class.js';
import { matched, type PoolLibrary } from '../library.js';
import { type CmapEmitter, type CmapFollower, followCmap } from './mongodb-events.js';

/** A MongoClient, as its types show it. */
export interface PublicMongoClient {
  readonly options: { readonly maxPoolSize: number };
  connect(): Promise<unknown>;
}

/** What is read from a MongoClient of mongodb 7: its options, and its events. */
interface MongoClient extends CmapEmitter {
  readonly options: {
    readonly maxPoolSize: number;
    readonly dbName?: string;
    readonly hosts: readonly { toString(): string }[];
  };
  connect(): Promise<unknown>;
}

/** Everything is told by events, so a client has to be watched before it connects, as it is when it is found. Only the
 *  class is wrapped, to find clients. */
export const mongodb: PoolLibrary = {
  name: 'mongodb',
  match: (value) => (isMongoClient(value) ? matched(value, adapt(value)) : null),
  discover: (onPool) =>
    discoverClass(
      { file: /[\\/]mongodb[\\/]lib[\\/]mongo_client\.js$/, exportedAs: 'MongoClient', method: 'connect' },
      onPool,
    ),
};

function isMongoClient(value: unknown): value is MongoClient {
  const client = value as Partial<MongoClient> | null;
  return (
    typeof client === 'object' &&
    client !== null &&
    typeof client.connect === 'function' &&
    typeof client.on === 'function' &&
    typeof client.options?.maxPoolSize === 'number' &&
    Array.isArray(client.options.hosts)
  );
}

function adapt(client: MongoClient): PoolAdapter {
  const { hosts, dbName, maxPoolSize } = client.options;
  const target = `${hosts[0] ?? 'mongodb'}/${dbName ?? ''}`;
  let follower: CmapFollower | null = null;
  return {
    name: target,
    kind: 'database',
    library: 'mongodb',
    target: () => target,
    read() {
      const { open, opening, out, asking, servers } = follower?.counts() ?? none;
      return {
        used: out + opening,
        idle: Math.max(0, open - out),
        // The caller that a connection is opened for is counted as one that waits, too.
        waiting: Math.max(0, asking - opening),
        // The limit holds for each server; 0 means that there is none.
        max: maxPoolSize === 0 ? null : maxPoolSize * Math.max(1, servers),
        opening,
      };
    },
    // A connection is out for the length of one command, but for transactions and cursors that are pinned to it.
    isBusy: () => true,
    hasEnded: () => follower?.hasEnded() ?? false,
    observe(recorder: PoolRecorder) {
      follower = followCmap(client, recorder);
      return follower.close;
    },
  };
}

const none = { open: 0, opening: 0, out: 0, asking: 0, servers: 0 };
