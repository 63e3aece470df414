import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Snapshot } from '../../src/protocol/snapshot.js';
import { createSaturation } from '../../src/sidecar/saturation.js';

const busy = { utilization: { ratio: 1, activeMs: 0, idleMs: 0 } } as unknown as Snapshot;

/** How many looks at the stack were planned in five busy windows with this share of waiting for a CPU. */
function looks(waitedRatio: number | null): number {
  let asked = 0;
  const saturation = createSaturation(
    {
      now: () => 0,
      random: () => 0.5,
      schedule() {
        asked += 1;
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
  for (let window = 0; window < 5; window += 1) saturation.judge(busy, waitedRatio);
  return asked;
}

test('looks at the stacks of a busy loop, also where nobody tells of its wait for a CPU', () => {
  assert.ok(looks(0.25) > 0);
  assert.ok(looks(null) > 0);
});

test('does not take the wait for a CPU for work', () => assert.equal(looks(0.26), 0));
