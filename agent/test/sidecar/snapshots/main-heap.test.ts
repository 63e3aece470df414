import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openGate } from '../../../src/protocol/gate.js';
import type { HeapRequest } from '../../../src/protocol/heap-snapshot.js';
import { createMainHeap } from '../../../src/sidecar/snapshots/main-heap.js';
import { until } from '../../harness/wait.js';

const never = new AbortController().signal;
const count = { step: 'count' } as const;

function start(beginLimitMs: number) {
  const sent: HeapRequest[] = [];
  return { sent, mainHeap: createMainHeap((request) => sent.push(request), beginLimitMs) };
}

test('hands over what the main thread answers', async () => {
  const { sent, mainHeap } = start(10_000);
  const asked = mainHeap.ask(count, never);
  assert.ok(openGate(sent[0]!.gate).pass());
  mainHeap.answer({ type: 'heap-answer', id: 99, result: { step: 'counted', objects: 1, usedBytes: 1 } });
  mainHeap.answer({
    type: 'heap-answer',
    id: sent[0]!.id,
    result: { step: 'counted', objects: 7, usedBytes: 8 },
  });
  assert.deepEqual(await asked, { step: 'counted', objects: 7, usedBytes: 8 });
});

test('gives up on a main thread that does not begin, which then may not begin any more', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { sent, mainHeap } = start(0);
  const asked = mainHeap.ask(count, never);
  await until('the time is over', () => {
    t.mock.timers.tick(100);
    return true;
  });
  await assert.rejects(asked, { code: 'ERR_FAULTLINE_SNAPSHOT_BLOCKED' });
  assert.equal(openGate(sent[0]!.gate).pass(), false);
});

test('does not give up on one that has begun', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { sent, mainHeap } = start(0);
  let begun = 0;
  const aborting = new AbortController();
  const asked = mainHeap.ask(count, aborting.signal, () => {
    begun += 1;
  });
  openGate(sent[0]!.gate).pass();
  t.mock.timers.tick(100);
  aborting.abort();
  t.mock.timers.tick(100);
  mainHeap.answer({
    type: 'heap-answer',
    id: sent[0]!.id,
    result: { step: 'counted', objects: 1, usedBytes: 1 },
  });
  assert.equal((await asked).step, 'counted');
  assert.equal(begun, 1);
});

test('takes the request back at once when nobody waits any more', async () => {
  const { sent, mainHeap } = start(10_000);
  const aborting = new AbortController();
  const asked = mainHeap.ask(count, aborting.signal);
  aborting.abort();
  await assert.rejects(asked, { code: 'ERR_FAULTLINE_SNAPSHOT_STOPPED' });
  assert.equal(openGate(sent[0]!.gate).pass(), false);
});
