import { nodeRedisTarget, type WithOptions } from '../../dependencies/redis-commands.js';
import type { PoolAdapter, PoolRecorder } from '../adapter.js';
import { countInFlight, followInFlight } from './redis-in-flight.js';

/** What is read from a client of node-redis: what it publishes, and the name under which its channels speak of it. */
export interface RedisClient {
  readonly isReady: boolean;
  readonly isOpen: boolean;
  sendCommand(...parameters: never[]): unknown;
}
interface TracedClient extends RedisClient, WithOptions {
  readonly _clientId: string;
  on(event: 'ready', listener: () => void): unknown;
  removeListener(event: 'ready', listener: () => void): unknown;
}
export function isRedisClient(value: object): value is TracedClient {
  const client = value as Partial<TracedClient>;
  return (
    typeof client.sendCommand === 'function' &&
    typeof client.isReady === 'boolean' &&
    typeof client.isOpen === 'boolean' &&
    typeof client._clientId === 'string' &&
    typeof client.on === 'function'
  );
}

/** A pool of one connection, which has room for every command as long as it stands: commands wait for it only while it is
 *  being opened. */
export const readConnection = (isReady: boolean, waiting: number) => {
  const opening = !isReady && waiting > 0 ? 1 : 0;
  return { used: opening, idle: isReady ? 1 : 0, waiting: isReady ? 0 : waiting, max: 1, opening };
};

export function adaptClient(client: TracedClient): PoolAdapter {
  const target = nodeRedisTarget(client);
  let wasOpen = client.isOpen;
  return {
    name: target,
    kind: 'database',
    library: 'redis',
    target: () => target,
    read: () => readConnection(client.isReady, countInFlight(client._clientId)),
    hasEnded() {
      wasOpen ||= client.isOpen;
      return wasOpen && !client.isOpen;
    },
    observe(recorder: PoolRecorder) {
      const end = followInFlight();
      client.on('ready', recorder.queueChanged);
      return () => {
        end();
        client.removeListener('ready', recorder.queueChanged);
      };
    },
  };
}
