import assert from 'node:assert/strict';
import { Session } from 'node:inspector';
import { constants } from 'node:perf_hooks';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import v8 from 'node:v8';
import type { HeapProfile, HeapProfileNode } from '../../src/protocol/heap-profile.js';
import { startAllocationSampling } from '../../src/sensors/allocation-sampling.js';
import { watchCollections } from '../harness/collections.js';

/** What another session is told, as the sidecar's is. */
async function readProfile(collects = false): Promise<HeapProfile | string> {
  const session = new Session();
  session.connect();
  // V8 may collect in a task of its own, so that only the answer tells that it has.
  if (collects) await new Promise((resolve) => session.post('HeapProfiler.collectGarbage', resolve));
  const profile = await new Promise<HeapProfile | string>((resolve) =>
    session.post('HeapProfiler.getSamplingProfile', (error, reply) =>
      resolve(error === null ? (reply as unknown as { profile: HeapProfile }).profile : error.message),
    ),
  );
  session.disconnect();
  return profile;
}

const bytesOf = (node: HeapProfileNode, name: string): number =>
  (node.callFrame.functionName === name ? totalOf(node) : 0) +
  node.children.reduce((sum, child) => sum + bytesOf(child, name), 0);
const totalOf = (node: HeapProfileNode): number =>
  node.selfSize + node.children.reduce((sum, child) => sum + totalOf(child), 0);

const kept: unknown[] = [];
function allocateAndKeep(): void {
  for (let count = 0; count < 400_000; count += 1) kept.push({ count, text: `kept ${count}` });
}
function allocateAndDrop(): number {
  let length = 0;
  for (let count = 0; count < 2_000_000; count += 1) length += [count, `${count}`].length;
  return length;
}
const profileOf = async (collects = false): Promise<HeapProfile> => {
  const profile = await readProfile(collects);
  assert.ok(typeof profile === 'object', `${profile}`);
  return profile;
};

test('what is kept is found under the function that has allocated it, and sampling goes on when it was read', async (t) => {
  const sampling = startAllocationSampling();
  t.after(() => sampling.close());
  assert.equal(sampling.because(), null);
  allocateAndKeep();
  allocateAndDrop();
  const first = await profileOf(true);
  assert.ok(bytesOf(first.head, 'allocateAndKeep') > 5e6);
  assert.ok(bytesOf(first.head, 'allocateAndDrop') < 4e6);
  allocateAndKeep();
  const second = await profileOf(true);
  assert.ok(bytesOf(second.head, 'allocateAndKeep') > bytesOf(first.head, 'allocateAndKeep') * 1.5);
});

test('when asked to, it counts what was dropped as well', async (t) => {
  const sampling = startAllocationSampling();
  t.after(() => sampling.close());
  sampling.countAll();
  allocateAndDrop();
  const { head } = await profileOf();
  assert.ok(bytesOf(head, 'allocateAndDrop') > 5e6, `${bytesOf(head, 'allocateAndDrop')}`);
});

test('what Node itself has started is read without a collection', async (t) => {
  const sampling = startAllocationSampling();
  t.after(() => sampling.close());
  const kinds = await watchCollections(t);
  await profileOf();
  await delay(100);
  assert.equal(kinds.includes(constants.NODE_PERFORMANCE_GC_MAJOR), sampling.readingCollects);
  assert.equal(sampling.readingCollects, !('startHeapProfile' in v8));
});

test('to begin anew makes no collection', async (t) => {
  const sampling = startAllocationSampling();
  t.after(() => sampling.close());
  const kinds = await watchCollections(t);
  sampling.countAll();
  await delay(100);
  assert.equal(kinds.includes(constants.NODE_PERFORMANCE_GC_MAJOR), false);
});

test('what another tool samples already is shared, and goes on when the agent has ended', async (t) => {
  const other = new Session();
  other.connect();
  t.after(() => other.disconnect());
  other.post('HeapProfiler.startSampling', { samplingInterval: 64 * 1024 });
  allocateAndKeep();
  const sampling = startAllocationSampling();
  allocateAndKeep();
  sampling.countAll();
  assert.equal(sampling.because(), null);
  const before = bytesOf((await profileOf()).head, 'allocateAndKeep');
  assert.ok(before > 10e6, `${before}`);
  sampling.close();
  allocateAndKeep();
  assert.ok(bytesOf((await profileOf()).head, 'allocateAndKeep') > before * 1.2);
});

test('close() ends the sampling', async () => {
  const sampling = startAllocationSampling();
  sampling.close();
  sampling.close();
  assert.match(String(await readProfile()), /not started|not been started/i);
});
