import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { readConfig } from '../../src/config.js';
import type { HeapRequest } from '../../src/protocol/heap-snapshot.js';
import type { EvidenceItem, Incident } from '../../src/protocol/incident.js';
import type { Snapshot } from '../../src/protocol/snapshot.js';
import { startHeapSensor } from '../../src/sensors/heap.js';
import { createHeapTasks } from '../../src/sensors/heap-tasks.js';
import { openEvidenceStore } from '../../src/sidecar/evidence/store.js';
import { createMainHeap } from '../../src/sidecar/snapshots/main-heap.js';
import { type SnapshotDesk, startSnapshots } from '../../src/sidecar/start-snapshots.js';
import { aSnapshot } from '../harness/make.js';
import { snapshotFiles } from '../harness/snapshots.js';
import { temporaryDirectory } from '../harness/temporary-directory.js';
import { until } from '../harness/wait.js';

const incidents = [
  { id: 'leak', kind: 'heap-leak', status: 'open' },
  { id: 'over', kind: 'heap-leak', status: 'resolved' },
  { id: 'stall', kind: 'event-loop-stall', status: 'open' },
] as unknown as readonly Incident[];

/** The sidecar's part with this thread's own heap in place of another one's. */
function start(t: TestContext, newest: Snapshot | null) {
  const directory = temporaryDirectory(t);
  const lines: string[] = [];
  const attached: [string, EvidenceItem][] = [];
  const errors: unknown[] = [];
  const runHeapTask = createHeapTasks(() => null);
  const mainHeap = createMainHeap((request) => void answer(request), 10_000);
  const desk: SnapshotDesk = startSnapshots({
    config: readConfig({ FAULTLINE_DIR: directory }),
    thread: 0,
    log: pino({}, { write: (line: string) => void lines.push(line) }),
    history: { newest: () => newest },
    book: { list: () => [...incidents], attach: (id, item) => void attached.push([id, item]) },
    evidence: openEvidenceStore(join(directory, 'evidence')),
    mainHeap,
    count: (_part, error) => void errors.push(error),
  });
  async function answer(request: HeapRequest): Promise<void> {
    const result = await runHeapTask(request);
    if (result !== null) mainHeap.answer({ type: 'heap-answer', id: request.id, result });
  }
  return { desk, directory, lines, attached, errors };
}

test('a snapshot is logged, and linked to the open incidents that it may explain', async (t) => {
  const newest = aSnapshot({ heap: startHeapSensor().read() });
  const { desk, directory, lines, attached, errors } = start(t, newest);
  desk.takeBySignal();
  await until('it is linked', () => attached.length > 0);
  assert.deepEqual(errors, []);
  assert.deepEqual(
    attached.map(([id, { name }]) => [id, name]),
    [['leak', 'heap-snapshot.json']],
  );
  const [name = ''] = snapshotFiles(directory);
  const link = JSON.parse(readFileSync(join(directory, 'evidence', 'leak', 'heap-snapshot.json'), 'utf8'));
  assert.equal(link.file, join(directory, 'snapshots', name));
  assert.match(lines[0]!, /Heap snapshot written; the main thread stood still for \d+ ms/);
});

test('nothing is taken of a heap that has not told its size', async (t) => {
  const { desk, directory, lines } = start(t, null);
  desk.takeBySignal();
  await until('it is refused', () => lines.length > 0);
  assert.match(lines[0]!, /No heap snapshot: The main thread has not told the size of its heap yet/);
  assert.deepEqual(snapshotFiles(directory), []);
});
