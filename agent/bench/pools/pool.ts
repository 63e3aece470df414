import { EventEmitter } from 'node:events';
import pg from 'pg';
import type { PoolEvents } from '../../src/sensors/pools/pool.js';

/** Nobody listens to the times of the pools, as in a host without OpenTelemetry. */
export const silent: PoolEvents = { onWait() {}, onUse() {}, onCreate() {}, onTimeout() {} };

/** A client without a server, with what is read of one. */
class StubClient extends EventEmitter {
  readonly _queryable = true;
  readonly _activeQuery = null;
  readonly _queryQueue: readonly unknown[] = [];
  readonly processID = 4_711;
  connect(done: () => void): void {
    setImmediate(done);
  }
  end(done: () => void): void {
    setImmediate(done);
  }
}

/** A pool whose clients have no server: pg-pool itself is real. */
export const makePool = (max: number): pg.Pool =>
  new pg.Pool({ Client: StubClient as unknown as typeof pg.Client, max, idleTimeoutMillis: 0 });
