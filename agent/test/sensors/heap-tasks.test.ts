import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseHeapSnapshot } from '../../src/heap/parse.js';
import { openGate } from '../../src/protocol/gate.js';
import type { HeapTask } from '../../src/protocol/heap-snapshot.js';
import { createHeapTasks } from '../../src/sensors/heap-tasks.js';
import { temporaryDirectory } from '../harness/temporary-directory.js';

const runHeapTask = createHeapTasks(() => null);
const run = (task: HeapTask) => runHeapTask({ task, gate: openGate().buffer });

test('counts as many objects as a snapshot then holds', async (t) => {
  const counted = await run({ step: 'count' });
  const path = join(temporaryDirectory(t), 'a.heapsnapshot');
  const written = await run({ step: 'write', path });
  assert.equal(written?.step, 'written');
  const graph = parseHeapSnapshot(path);
  t.after(() => graph.close());
  assert.ok(counted?.step === 'counted' && counted.objects !== null);
  const ratio = counted.objects / graph.header.nodeCount;
  assert.ok(ratio > 0.8 && ratio < 1.25, `${counted.objects} and ${graph.header.nodeCount}`);
});

test('says what went wrong and leaves no file', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'none', 'a.heapsnapshot');
  const result = await run({ step: 'write', path });
  assert.deepEqual(result?.step === 'failed' && result.code, 'ENOENT');
  assert.deepEqual(readdirSync(directory), []);
});

test('does nothing that has been taken back', async (t) => {
  const path = join(temporaryDirectory(t), 'a.heapsnapshot');
  const gate = openGate();
  assert.ok(gate.shut());
  assert.equal(await runHeapTask({ task: { step: 'write', path }, gate: gate.buffer }), null);
  assert.equal(existsSync(path), false);
});
