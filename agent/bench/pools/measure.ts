import { EventEmitter } from 'node:events';
import pg from 'pg';
import { createOriginSampler, type OriginSampler } from '../../src/sensors/pools/origins.js';
import { watchPgPool } from '../../src/sensors/pools/pg.js';
import type { PoolEvents } from '../../src/sensors/pools/pool.js';
import type { Cost } from '../call-costs.js';
import { estimateMedian } from '../statistics.js';

const callsInWindow = 1_000;
const warmUpWindows = 20;
/** Callers in a service stand some frames deep. */
const depth = 30;

const silent: PoolEvents = { onWait() {}, onUse() {}, onCreate() {}, onTimeout() {} };

/** A client without a server: pg-pool itself is real. */
class StubClient extends EventEmitter {
  readonly _queryable = true;
  connect(done: () => void): void {
    setImmediate(done);
  }
  end(done: () => void): void {
    setImmediate(done);
  }
}

const nobody: OriginSampler = { look: () => null, nextSecond() {} };
/** Every caller is in a second of its own. */
const everybody = (): OriginSampler => {
  const sampler = createOriginSampler(() => null);
  return {
    look(top) {
      sampler.nextSecond();
      return sampler.look(top);
    },
    nextSecond() {},
  };
};

const rows: readonly [name: string, origins: () => OriginSampler][] = [
  ['connection, caller not looked at', () => nobody],
  ['connection, caller looked at', everybody],
];

/** Alternates windows with and without the watch in this one process, A B B A, so that drift cancels out. */
export async function measureCosts(quadruples: number, tell: (text: string) => void): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (const [name, origins] of rows) {
    tell(name);
    for (let window = 0; window < warmUpWindows; window += 1) {
      await timeOf(origins);
      await timeOf(null);
    }
    const added: number[] = [];
    const nothing: number[] = [];
    for (let index = 0; index < quadruples; index += 1) {
      added.push(await quadruple(origins));
      nothing.push(await quadruple(null));
    }
    costs.push({ name, addedNs: estimateMedian(added), nullNs: estimateMedian(nothing) });
  }
  return costs;
}

async function quadruple(origins: (() => OriginSampler) | null): Promise<number> {
  const a1 = await timeOf(null);
  const b1 = await timeOf(origins);
  const b2 = await timeOf(origins);
  const a2 = await timeOf(null);
  return (b1 + b2 - a1 - a2) / 2;
}

/** Time to take a connection and give it back, in a window. Unit: ns. */
async function timeOf(origins: (() => OriginSampler) | null): Promise<number> {
  const pool = new pg.Pool({
    Client: StubClient as unknown as typeof pg.Client,
    max: 1,
    idleTimeoutMillis: 0,
  });
  const watched = origins === null ? null : watchPgPool(pool, 'bench', silent, origins());
  const takeDeep = (left: number): Promise<pg.PoolClient> =>
    left === 0 ? pool.connect() : takeDeep(left - 1);
  (await takeDeep(depth)).release();
  const start = process.hrtime.bigint();
  for (let call = 0; call < callsInWindow; call += 1) (await takeDeep(depth)).release();
  const ns = Number(process.hrtime.bigint() - start) / callsInWindow;
  watched?.close();
  await pool.end();
  return ns;
}
