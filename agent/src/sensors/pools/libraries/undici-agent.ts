import type { PoolAdapter } from '../adapter.js';
import { ownSymbolField } from '../own-field.js';
import { type ConnectingDispatcher, observeSockets } from './undici-sockets.js';

/** What is read from an Agent of undici 7, which has a pool for each origin. */
export interface UndiciAgent extends ConnectingDispatcher {
  /** By origin: of a pool, or of the one connection that an origin has. */
  readonly stats: Readonly<Record<string, OriginStats>>;
  readonly destroyed: boolean;
  dispatch(...parameters: never[]): unknown;
}
interface OriginStats {
  readonly connected: number | boolean;
  readonly pending: number;
  /** A pool only. */
  readonly free?: number;
  readonly queued?: number;
}

export function isUndiciAgent(value: unknown): value is UndiciAgent {
  const agent = value as Partial<UndiciAgent> | null;
  return (
    typeof agent === 'object' &&
    agent !== null &&
    typeof agent.dispatch === 'function' &&
    typeof agent.on === 'function' &&
    typeof agent.destroyed === 'boolean' &&
    typeof agent.stats === 'object' &&
    agent.stats !== null &&
    Object.values(agent.stats).every((each) => typeof each?.pending === 'number')
  );
}

/** All origins of an Agent together, for a service that names it. Where pools are found by themselves, each of its pools
 *  is found as well, and says more. */
export function adaptAgent(agent: UndiciAgent): PoolAdapter {
  const unanswered = new WeakSet<object>();
  return {
    name: 'undici',
    kind: 'http',
    library: 'undici',
    read() {
      const origins = Object.values(agent.stats);
      const sum = (pick: (stats: OriginStats) => number): number =>
        origins.reduce((total, stats) => total + pick(stats), 0);
      const idle = sum(({ free = 0 }) => free);
      const connected = sum((stats) => Number(stats.connected));
      const waiting = sum(({ queued = 0 }) => queued);
      const limit = limitOf(agent);
      const max = limit === null ? null : limit * Math.max(1, origins.length);
      const opening = Math.max(
        0,
        Math.min(sum(({ pending }) => pending) - waiting, (max ?? Infinity) - connected),
      );
      return { used: connected - idle + opening, idle, waiting, max, opening };
    },
    isBusy: (request) => unanswered.has(request),
    hasEnded: () => agent.destroyed,
    observe: (recorder) => observeSockets(agent, unanswered, recorder),
  };
}

/** Connections that each origin may have. */
function limitOf(agent: UndiciAgent): number | null {
  const options = ownSymbolField(agent, 'options') as { readonly connections?: unknown } | undefined;
  return typeof options?.connections === 'number' ? options.connections : null;
}
