import { monotonicMs } from '../../protocol/clock.js';
import type { PgPool } from './pg.js';

/** Follows how the connections of one pool are opened. */
export interface Openings {
  /** A connection is open. Time that it took; null when nobody saw it begin. Unit: ms. */
  opened(client: object): number | null;
  /** Connections that are being opened now. */
  count(): number;
  /** Puts the pool's own method back. */
  close(): void;
}

/** There is an event for a connection that is open, but none for one that begins, so newClient() of this one pool is
 *  wrapped. It is no documented method: where it is missing or works otherwise, nothing is known of openings. */
export function watchOpenings(pool: PgPool): Openings {
  const startedMs = new WeakMap<object, number>();
  const openings = new Set<WeakRef<object>>();
  const original = pool.newClient;
  const clients = (): readonly unknown[] => (Array.isArray(pool._clients) ? pool._clients : []);
  if (typeof original !== 'function') return { opened: () => null, count: () => 0, close() {} };

  const had = Object.hasOwn(pool, 'newClient');
  const wrapper: NonNullable<PgPool['newClient']> = function newClient(this: PgPool, ...parameters) {
    const beganMs = monotonicMs();
    const before = clients().length;
    const result = original.apply(this, parameters);
    const client = clients()[before];
    if (typeof client === 'object' && client !== null && !startedMs.has(client)) {
      startedMs.set(client, beganMs);
      openings.add(new WeakRef(client));
    }
    return result;
  };
  pool.newClient = wrapper;
  return {
    opened(client) {
      const beganMs = startedMs.get(client);
      for (const reference of openings) if (reference.deref() === client) openings.delete(reference);
      return beganMs === undefined ? null : monotonicMs() - beganMs;
    },
    count() {
      const known = new Set(clients());
      // One that failed is no client of the pool any more.
      for (const reference of openings) if (!known.has(reference.deref())) openings.delete(reference);
      return openings.size;
    },
    close() {
      if (pool.newClient !== wrapper) return;
      if (had) pool.newClient = original;
      else Reflect.deleteProperty(pool, 'newClient');
    },
  };
}
