import { type IoRedisOptions, ioredisTarget } from '../../dependencies/redis-commands.js';
import type { PoolAdapter, PoolCounts, PoolRecorder } from '../adapter.js';
import { discoverClass } from '../discover-class.js';
import { matched, type PoolLibrary } from '../library.js';
import { readConnection } from './redis-client.js';

/** What is read from a client of ioredis 4 and later. */
export interface IoRedisClient {
  readonly status: string;
  sendCommand(...parameters: never[]): unknown;
}
interface Client extends IoRedisClient {
  readonly options: IoRedisOptions;
  /** Its types do not show it. */
  readonly offlineQueue: { readonly length: number };
  on(event: 'ready', listener: () => void): unknown;
  removeListener(event: 'ready', listener: () => void): unknown;
}
/** A client of a cluster, which has a connection for each node. */
interface ClusterClient extends Client {
  nodes(role?: string): readonly { readonly status: string }[];
}

/** A client lends nothing: all share its connection, and commands wait for it only while it is not there. A client that
 *  works has no queue, so one is found when it connects again. */
export const ioredis: PoolLibrary = {
  name: 'ioredis',
  match: (value) => (isClient(value) ? matched(value, adapt(value)) : null),
  discover: (onPool) =>
    discoverClass(
      {
        file: /[\\/]ioredis[\\/]built[\\/](redis[\\/]index|Redis)\.js$/,
        exportedAs: 'default',
        method: 'connect',
      },
      (client) => {
        if ((client as IoRedisClient).status === 'reconnecting') onPool(client);
      },
    ),
};

function isClient(value: unknown): value is Client {
  const client = value as Partial<Client> | null;
  return (
    typeof client === 'object' &&
    client !== null &&
    typeof client.status === 'string' &&
    typeof client.sendCommand === 'function' &&
    typeof client.offlineQueue?.length === 'number' &&
    typeof client.options === 'object' &&
    typeof client.on === 'function'
  );
}

const isCluster = (client: Client): client is ClusterClient =>
  typeof (client as Partial<ClusterClient>).nodes === 'function';

function adapt(client: Client): PoolAdapter {
  const target = targetOf(client);
  return {
    name: target,
    kind: 'database',
    library: 'ioredis',
    target: () => target,
    read: () =>
      isCluster(client)
        ? readCluster(client)
        : readConnection(client.status === 'ready', client.offlineQueue.length),
    hasEnded: () => client.status === 'end',
    observe(recorder: PoolRecorder) {
      client.on('ready', recorder.queueChanged);
      return () => void client.removeListener('ready', recorder.queueChanged);
    },
  };
}

/** Commands wait until it is known which node has which keys; then each goes to the connection of its node. */
function readCluster(cluster: ClusterClient): PoolCounts {
  const isReady = cluster.status === 'ready';
  const nodes = cluster.nodes();
  const idle = nodes.filter(({ status }) => status === 'ready').length;
  const waiting = cluster.offlineQueue.length;
  const opening = isReady || waiting === 0 ? 0 : Math.max(1, nodes.length - idle);
  return { used: opening, idle, waiting, max: null, opening };
}

const targetOf = (client: Client): string =>
  isCluster(client) ? 'ioredis:cluster' : ioredisTarget(client.options);
