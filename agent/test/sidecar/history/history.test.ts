import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RequestsReading } from '../../../src/protocol/requests.js';
import type { GcPause } from '../../../src/protocol/snapshot.js';
import { createHistory } from '../../../src/sidecar/history/history.js';
import { aPoolReading, aSnapshot } from '../../harness/make.js';
import { until } from '../../harness/wait.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const pause = (startedMs: number, durationMs: number): GcPause => ({ kind: 'major', startedMs, durationMs });
const at = (monotonicMs: number, ...pauses: GcPause[]) =>
  aSnapshot({ monotonicMs, gc: { byKind: {}, pauses, floors: [], windowMs: 0 } });

test('knows of no snapshot before the first, and then of the newest', () => {
  const history = createHistory();
  assert.equal(history.newest(), null);
  history.add(at(1));
  history.add(at(2));
  assert.equal(history.newest()?.monotonicMs, 2);
});

describe('the share of collections in a time', () => {
  const rows: readonly [string, readonly GcPause[], number][] = [
    ['is 0 without any', [], 0],
    ['is that of a collection inside', [pause(1_200, 100)], 0.1],
    ['adds up several', [pause(1_200, 100), pause(1_500, 300)], 0.4],
    ['counts only the part of a collection that lies inside', [pause(900, 200), pause(1_900, 300)], 0.2],
    ['leaves out those before and after', [pause(100, 900), pause(2_000, 100)], 0],
    ['is 1 when a collection covers all of it', [pause(500, 3_000)], 1],
    ['is never above 1', [pause(1_000, 1_000), pause(1_000, 1_000)], 1],
  ];
  for (const [title, pauses, ratio] of rows) {
    test(title, () => {
      const history = createHistory();
      history.add(at(2_500, ...pauses));
      assert.equal(history.gcRatio(1_000, 2_000), ratio);
    });
  }

  test('is made from the snapshots before as well', () => {
    const history = createHistory();
    history.add(at(1_500, pause(1_100, 100)));
    history.add(at(2_500, pause(1_600, 100)));
    assert.equal(history.gcRatio(1_000, 2_000), 0.2);
  });
});

describe('does not guess the share', () => {
  test('without a snapshot', () => assert.equal(createHistory().gcRatio(1_000, 2_000), null));

  test('before a snapshot from well after the end has come', () => {
    const history = createHistory();
    for (const [monotonicMs, ratio] of [
      [1_900, null],
      [2_099, null],
      [2_100, 0],
    ] as const) {
      history.add(at(monotonicMs));
      assert.equal(history.gcRatio(1_000, 2_000), ratio, `${monotonicMs}`);
    }
  });

  test('when collections could not be read', () => {
    const history = createHistory();
    history.add(aSnapshot({ monotonicMs: 9_000, gc: null }));
    assert.equal(history.gcRatio(1_000, 2_000), null);
  });

  test('of no time', () => {
    const history = createHistory();
    history.add(at(9_000));
    assert.equal(history.gcRatio(2_000, 2_000), null);
  });
});

test('keeps the newest collections of very many', () => {
  const history = createHistory();
  for (let second = 0; second < 400; second += 1) {
    const pauses = Array.from({ length: 64 }, (_, index) => pause(second * 1_000 + index * 10, 1));
    history.add(at((second + 1) * 1_000, ...pauses));
  }
  const newest = history.gcRatio(390_000, 391_000);
  assert.equal(newest === null ? null : Math.round(newest * 1_000), 64);
  assert.equal(history.gcRatio(1_000, 2_000), 0, 'the first ones are gone');
});

test('keeps pools and requests of the newest snapshot only: a thousand pools of five minutes would not fit', async () => {
  const history = createHistory();
  const add = (): WeakRef<object>[] => {
    const pool = aPoolReading();
    const requests: RequestsReading = { inFlight: 0, series: [], foldedRoutes: 0, running: [] };
    history.add(aSnapshot({ pools: [pool], requests }));
    return [new WeakRef(pool), new WeakRef(requests)];
  };
  const [first, second] = [add(), add()];
  await until('the snapshot before has forgotten them', () => {
    collectGarbage();
    return first.every((each) => each.deref() === undefined);
  });
  assert.ok(second.every((each) => each.deref() !== undefined));
  assert.equal(history.newest()?.pools?.length, 1);
});
