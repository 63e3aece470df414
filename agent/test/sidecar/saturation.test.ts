import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IncidentKind } from '../../src/catalog/incidents.js';
import type { Snapshot } from '../../src/protocol/snapshot.js';
import { createSaturation } from '../../src/sidecar/saturation.js';
import { aFinding } from '../harness/make.js';

const utilization = { ratio: 1, activeMs: 0, idleMs: 0 };
const busy = { utilization, gc: null } as unknown as Snapshot;
const collecting = { utilization, gc: { windowMs: 150 } } as unknown as Snapshot;

/** The loop as it is after five windows like `snapshot`, and how many looks at its stacks were planned meanwhile. */
function follow(snapshot: Snapshot, waitedRatio: number | null) {
  let looks = 0;
  const saturation = createSaturation(
    {
      now: () => 0,
      random: () => 0.5,
      schedule() {
        looks += 1;
        return () => {};
      },
      capture: () => new Promise(() => {}),
      locate: () => {
        throw new Error('no stack is ever answered here');
      },
      operation: () => null,
    },
    () => true,
  );
  for (let window = 0; window < 5; window += 1) saturation.judge(snapshot, waitedRatio);
  return { saturation, looks };
}

test('looks at the stacks of a busy loop, also where nobody tells of its wait for a CPU', () => {
  assert.ok(follow(busy, 0.25).looks > 0);
  assert.ok(follow(busy, null).looks > 0);
});

test('does not take the wait for a CPU for work', () => assert.equal(follow(busy, 0.26).looks, 0));

test('leaves a loop that collections keep busy to the verdict about them, and tells it why', () => {
  const { saturation, looks } = follow(collecting, 0);
  assert.equal(looks, 0);
  const ruledOut = (kind: IncidentKind): readonly string[] =>
    saturation.ruleOutIn(aFinding({ kind, ruledOut: [] })).ruledOut.map((each) => each.kind);
  assert.deepEqual(ruledOut('gc-pressure'), ['event-loop-saturated']);
  assert.deepEqual(ruledOut('heap-leak'), []);
});
