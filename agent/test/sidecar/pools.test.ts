import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PoolReading } from '../../src/protocol/pool.js';
import { createPools, type PoolsOptions } from '../../src/sidecar/pools.js';
import { aFinding, aPoolReading, aSession, aSnapshot } from '../harness/make.js';

/** A pool that somebody waits for, second by second. */
function start({
  slowTargets = [],
  quietUntilMs = 0,
  ...database
}: {
  readonly slowTargets?: readonly string[];
  readonly quietUntilMs?: number;
} & Partial<NonNullable<PoolsOptions['database']>> = {}) {
  const pools = createPools({
    quietUntilMs,
    database: { look: () => null, forget() {}, ...database },
    locate: (frames) =>
      frames.map(([name, file, line, column, async]) => ({
        ...{ function: name, file, line, column, async },
        origin: file.includes('node_modules') ? 'dependency' : 'service',
      })),
    dependencies: { slowTargets: () => slowTargets, ruleOut: () => [] },
  });
  let monotonicMs = 0;
  const second = (
    reading: Partial<PoolReading>,
    { starved = false, busy = 0.2, stalledMs = 0 } = {},
  ): ReturnType<typeof pools.judge> => {
    monotonicMs += 1_000;
    pools.addStalled(stalledMs);
    return pools.judge(
      aSnapshot({
        monotonicMs,
        pools: [aPoolReading(reading)],
        utilization: { ratio: busy, activeMs: 0, idleMs: 0 },
      }),
      starved,
    );
  };
  const seconds = (count: number, ...parameters: Parameters<typeof second>) =>
    Array.from({ length: count }, () => second(...parameters)).flat();
  return { pools, second, seconds };
}

const frames: PoolReading['held'][number]['frames'] = [
  ['Pool.query', '/app/node_modules/pg-pool/index.js', 1, 1, false],
  ['readParcel', '/app/src/parcel.js', 12, 5, false],
];
const waited: Partial<PoolReading> = {
  pendingCount: 3,
  pendingMinCount: 1,
  held: [{ ageMs: 9_000, querying: false, request: null, frames }],
};

test('callers who wait for five seconds are an incident that names the line of the service that holds', () => {
  const { seconds } = start();
  assert.deepEqual(seconds(5, waited), []);
  const [finding] = seconds(1, waited);
  assert.equal(finding?.kind, 'pool-exhausted');
  assert.deepEqual([finding?.culprit?.function, finding?.culprit?.line], ['readParcel', 12]);
});

test('holders whose responses wait for their readers are told apart from those that run a query', () => {
  const { seconds } = start();
  const held = waited.held!.map((one) => ({ ...one, querying: true, awaitsReader: true }));
  const finding = seconds(6, { ...waited, held }).at(-1);
  assert.equal(finding?.cause, 'slow-readers');
  assert.ok(finding?.culprit?.type === 'pool' && finding.culprit.holders[0]?.awaitsReader === true);
});

test('who has held the connections is still named when they have been taken away', () => {
  const { seconds, second } = start();
  seconds(6, waited);
  const [finding] = second({ timeouts: 2 });
  assert.deepEqual([finding?.culprit?.function, finding?.measurements.held], ['readParcel', 0]);
});

test('nothing is said while the service starts', () => {
  assert.deepEqual(start({ quietUntilMs: 60_000 }).seconds(40, waited), []);
});

for (const [title, state] of [
  ['is blocked', { stalledMs: 400 }],
  ['is busy all the time', { busy: 0.97 }],
  ['gets no CPU', { starved: true }],
] as const) {
  test(`callers who wait while the main thread ${title} are no incident of the pool, and the verdict says so`, () => {
    const { pools, seconds } = start();
    assert.deepEqual(seconds(20, waited, state), []);
    const { ruledOut } = pools.ruleOutIn(aFinding());
    assert.deepEqual(ruledOut, [
      {
        kind: 'pool-exhausted',
        because:
          'up to 3 callers waited for db and 0 gave up, but only while the main thread was blocked or busy',
      },
    ]);
  });
}

test('those who give up just after a block did so because of it', () => {
  const { second, seconds } = start();
  seconds(3, {});
  second({}, { stalledMs: 6_000 });
  assert.deepEqual(second({ timeouts: 4 }), []);
  assert.deepEqual(seconds(9, { timeouts: 4 }), []);
  assert.equal(second({ timeouts: 5 })[0]?.kind, 'pool-exhausted');
});

test('a verdict about the loop says that nobody waited, and says nothing of a pool that is exhausted itself', () => {
  const { pools, seconds } = start();
  assert.deepEqual(pools.ruleOutIn(aFinding()).ruledOut, []);
  seconds(3, {});
  assert.deepEqual(pools.ruleOutIn(aFinding()).ruledOut, [
    { kind: 'pool-exhausted', because: 'nobody waited for a connection of db' },
  ]);
  seconds(6, waited);
  assert.deepEqual(pools.ruleOutIn(aFinding()).ruledOut, []);
});

test('a pool with callers who wait explains that its database answers late, and no other target', () => {
  const { pools, seconds } = start();
  seconds(3, {});
  assert.equal(pools.explains('localhost:5432/shop'), false);
  seconds(1, waited);
  assert.equal(pools.explains('localhost:5432/shop'), true);
  assert.equal(pools.explains('prices:80'), false);
  assert.equal(pools.explains(undefined), false);
  seconds(1, {});
  assert.equal(pools.explains('localhost:5432/shop'), false);
});

const socketsWaited: Partial<PoolReading> = {
  ...waited,
  kind: 'http',
  library: 'undici',
  target: 'prices:80',
};

test('callers of an HTTP client who wait because the server is late are no incident of its pool', () => {
  const { seconds, pools } = start();
  const late = { ...socketsWaited, held: [{ ageMs: 9_000, querying: true, request: null, frames }] };
  assert.deepEqual(seconds(12, late), []);
  assert.equal(pools.explains('prices:80', 'latency'), false);
});

test('a pool of an HTTP client explains that requests wait for a socket, and not that answers are late', () => {
  const { seconds, pools } = start();
  const short = { ...socketsWaited, held: [{ ageMs: 20, querying: true, request: null, frames }] };
  const [finding] = seconds(6, short);
  assert.deepEqual([finding?.cause, finding?.target], ['pool-too-small', 'prices:80']);
  assert.equal(pools.explains('prices:80', 'saturation-of-agent-sockets'), true);
  assert.equal(pools.explains('prices:80', 'latency'), false);
});

test('a pool of an HTTP client explains that requests have waited for a socket for a while after its queue', () => {
  const { seconds, pools } = start();
  const short = { ...socketsWaited, held: [{ ageMs: 20, querying: true, request: null, frames }] };
  const idle = { ...short, pendingCount: 0, pendingMinCount: 0, held: [] };
  seconds(6, short);
  seconds(3, idle);
  assert.equal(pools.explains('prices:80', 'saturation-of-agent-sockets'), true);
  assert.equal(pools.explains('prices:80', 'latency'), false);
  seconds(30, idle);
  assert.equal(pools.explains('prices:80', 'saturation-of-agent-sockets'), false);
});

test('the database is asked while the pool is exhausted only, and what it says decides', () => {
  const asked: boolean[] = [];
  const locked = aSession({ waitEventType: 'Lock', waitEvent: 'relation', blockedBy: [9] });
  const answer = { askedAt: 'now', asked: 1, error: null, sessions: [locked], others: [] };
  const { pools, seconds, second } = start({
    look() {
      asked.push(true);
      return answer;
    },
    forget: () => void asked.push(false),
  });
  seconds(5, waited);
  assert.ok(!asked.includes(true));
  assert.equal(second(waited)[0]?.database, undefined);
  const [finding] = second(waited);
  assert.deepEqual([finding?.cause, finding?.database?.waitingForLock], ['lock', 1]);
  assert.deepEqual(['localhost:5432/shop', 'other'].map(pools.explainsTimeouts), [true, false]);
  second({});
  assert.equal(pools.explainsTimeouts('localhost:5432/shop'), false);
  asked.length = 0;
  second({});
  assert.deepEqual(asked, [false]);
});

test('the line of a connection that others wait for is to blame, however long they are held', () => {
  const lost = { ageMs: 2_000, querying: false, request: null, backendPid: 9 };
  const [asked, taken] = [aSession({ waitEventType: 'Lock', blockedBy: [9] }), aSession({ pid: 9 })];
  const answer = { askedAt: 'now', asked: 2, error: null, sessions: [asked, taken], others: [] };
  const { seconds } = start({ look: () => answer, forget() {} });
  const own: typeof frames = [['holdLock', '/app/src/lock.js', 3, 1, false]];
  const findings = seconds(8, { ...waited, held: [...waited.held!, { ...lost, frames: own }] });
  assert.equal(findings.at(0)?.culprit?.function, 'readParcel');
  assert.equal(findings.at(-1)?.culprit?.function, 'holdLock');
});

test('its own database is no other target that connections are held for', () => {
  const own = start({ slowTargets: ['localhost:5432/shop'] });
  own.seconds(5, waited);
  assert.equal(own.seconds(1, waited)[0]?.cause, 'connections-held');
  const other = start({ slowTargets: ['localhost:5432/shop', 'prices:80'] });
  other.seconds(5, waited);
  assert.equal(other.seconds(1, waited)[0]?.target, 'prices:80');
});

test('a pool that has gone begins anew when it comes back', () => {
  const { pools, seconds } = start();
  seconds(6, waited);
  pools.judge(aSnapshot({ monotonicMs: 7_000, pools: [] }), false);
  assert.equal(pools.explains('localhost:5432/shop'), false);
  assert.deepEqual(seconds(5, waited), []);
});

test('seconds in which a pool was not looked at are part of its next window, with what disturbed them', () => {
  for (const { stalledMs, told } of [
    { stalledMs: 0, told: true },
    { stalledMs: 900, told: false },
  ]) {
    const { pools } = start();
    let monotonicMs = 0;
    const judge = (reading: PoolReading, stalled = 0) => {
      monotonicMs += 1_000;
      pools.addStalled(stalled);
      return pools.judge(aSnapshot({ monotonicMs, pools: [reading] }), false);
    };
    /** Looked at every third second; what stalls is over two seconds before the look. */
    const look = () => {
      const reading = aPoolReading(waited);
      const findings = judge(reading);
      for (const stalled of [stalledMs, 0]) findings.push(...judge(reading, stalled));
      return findings;
    };
    const findings = Array.from({ length: 8 }, look);
    assert.deepEqual(findings.slice(0, 5).flat(), [], 'a pool is judged by its looks, not by seconds');
    assert.equal(findings.slice(5).flat().length > 0, told, `${stalledMs} ms stalled`);
  }
});

test('of more than a hundred pools those that callers wait for are followed', () => {
  const { pools } = start();
  const judge = (second: number, queued: string) =>
    pools.judge(
      aSnapshot({
        monotonicMs: second * 1_000,
        pools: Array.from({ length: 150 }, (_, index) => {
          const name = `pool ${index}`;
          return aPoolReading({ name, ...(name === queued && waited) });
        }),
      }),
      false,
    );
  const keys = (from: number, queued: string): string[] =>
    Array.from({ length: 7 }, (_, index) => judge(from + index, queued)).flatMap((found) =>
      found.map(({ key }) => key),
    );
  assert.deepEqual([...new Set(keys(1, 'pool 149'))], ['pool 149']);
  assert.deepEqual([...new Set(keys(8, 'pool 148'))], ['pool 148']);
  assert.deepEqual([...new Set(keys(15, 'pool 7'))], ['pool 7']);
});
