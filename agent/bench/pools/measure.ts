import type pg from 'pg';
import { createOriginSampler, type OriginSampler } from '../../src/sensors/pools/origins.js';
import { watchPgPool } from '../../src/sensors/pools/pg.js';
import type { Cost } from '../call-costs.js';
import { compareWindows } from '../toggling.js';
import { makePool, silent } from './pool.js';
import { measureSnapshots } from './snapshot.js';

const callsInWindow = 1_000;
/** Callers in a service stand some frames deep. */
const depth = 30;

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

interface Row {
  readonly name: string;
  /** Number of pools that the calls go to in turn. */
  readonly pools: number;
  readonly origins: () => OriginSampler;
}
const rows: readonly Row[] = [
  { name: 'connection, caller not looked at', pools: 1, origins: () => nobody },
  { name: 'connection, 10 pools', pools: 10, origins: () => nobody },
  { name: 'connection, 100 pools', pools: 100, origins: () => nobody },
  { name: 'connection, caller looked at', pools: 1, origins: everybody },
];

export async function measureCosts(quadruples: number, tell: (text: string) => void): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (const row of rows) {
    tell(row.name);
    costs.push(await compareWindows(row.name, quadruples, (watched) => timeOf(row, watched)));
  }
  return [...costs, ...(await measureSnapshots(quadruples, tell))];
}

const takeDeep = (pool: pg.Pool, left: number): Promise<pg.PoolClient> =>
  left === 0 ? pool.connect() : takeDeep(pool, left - 1);

/** Time to take a connection and give it back, in a window. Unit: ns. */
async function timeOf({ pools: count, origins }: Row, isWatched: boolean): Promise<number> {
  const pools = Array.from({ length: count }, () => makePool(1));
  const watches = isWatched ? pools.map((pool) => watchPgPool(pool, 'bench', silent, origins())) : [];
  for (const pool of pools) (await takeDeep(pool, depth)).release();
  const start = process.hrtime.bigint();
  for (let call = 0; call < callsInWindow; call += 1) (await takeDeep(pools[call % count]!, depth)).release();
  const ns = Number(process.hrtime.bigint() - start) / callsInWindow;
  for (const watched of watches) watched.close();
  await Promise.all(pools.map((pool) => pool.end()));
  return ns;
}
