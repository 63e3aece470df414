import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { busyNeighbour } from '../../src/index.js';
import { eventually } from '../harness/wait.js';

test('neighbours burn until they are stopped, and not after that', async (t) => {
  const fault = busyNeighbour.start({ perCpu: 1 }, {}, { expired: () => false });
  t.after(() => fault.stop());
  const seen = await eventually('a neighbour burns', () => {
    const { hits, firstHitAt } = fault.signal();
    return hits > 0 ? firstHitAt : null;
  });
  assert.ok(Math.abs(Date.now() - seen) < 60_000);
  fault.stop();
  fault.stop();
  await sleep(1_000);
  const { hits } = fault.signal();
  await sleep(1_500);
  assert.equal(fault.signal().hits, hits);
});
