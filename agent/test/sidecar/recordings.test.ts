import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readPrograms } from '../../bench/leaks/program.js';
import { repositoryRoot } from '../../bench/node-versions.js';
import { parseRecording, type RecordedMoment, type Recording } from '../../bench/recordings/format.js';
import type { Finding } from '../../src/protocol/finding.js';
import type { Incident } from '../../src/protocol/incident.js';
import { createMemory } from '../../src/sidecar/memory.js';
import { aHeapSpace, aSnapshot } from '../harness/make.js';

const directory = join(repositoryRoot, 'agent', 'test', 'recordings');
const recordings = readdirSync(directory).sort();
/** Modules are loaded and the heap is filled for the first time. */
const quietMs = 5_000;

/** What the detectors say of memory that was recorded in a real process: `npm run bench -- recordings`. */
function play({ conditions, moments }: Recording): Finding[] {
  const found: Finding[] = [];
  let now: RecordedMoment = moments[0]!;
  const memory = createMemory(
    {
      now: () => now.atMs,
      // No profile can be had, so no collection is asked for: what was recorded cannot change any more.
      read: async () => null,
      readingCollects: true,
      readMarked: async () => null,
      askForCollection: () => false,
      locate: (frame) => ({ ...frame, origin: 'service' }),
      containerLimit: () => conditions.containerBytes,
      resident: () => now.residentBytes,
      residentOfProcess: () => now.residentBytes,
      room: () => (conditions.containerBytes ?? 8e9) - now.residentBytes,
      youngReserveBytes: conditions.youngReserveBytes,
      report(finding) {
        found.push(finding);
        return { id: 'one' } as Incident;
      },
      countAll: () => {},
      schedule: () => {},
      keep: () => {},
    },
    quietMs,
  );
  let beforeMs = 0;
  for (now of moments) {
    memory.judge(snapshotOf(now, conditions.limitBytes), now.waitedMs / (now.atMs - beforeMs));
    beforeMs = now.atMs;
  }
  return found;
}

function snapshotOf(moment: RecordedMoment, limitBytes: number) {
  const { atMs, collectedMs, floors, totalBytes, oldBytes, youngBytes } = moment;
  const { externalBytes, arrayBuffersBytes } = moment;
  return aSnapshot({
    monotonicMs: atMs,
    gc: { byKind: {}, pauses: [], floors, windowMs: collectedMs },
    heap: {
      totalBytes,
      usedBytes: oldBytes + youngBytes,
      limitBytes,
      externalBytes,
      arrayBuffersBytes,
      spaces: [aHeapSpace('old_space', oldBytes), aHeapSpace('new_space', youngBytes)],
    },
  });
}

describe('a recorded process', () => {
  const programs = readPrograms();
  for (const file of recordings) {
    const recording = parseRecording(readFileSync(join(directory, file), 'utf8'));
    const { program, node, rateMb } = recording.conditions;
    const { kinds } = programs.find(({ name }) => name === program)!.expects;
    const verdict = kinds.length === 0 ? 'is left alone' : `is told: ${kinds.join(' or ')}`;
    test(`${program} at ${rateMb} MB/s on Node ${node} ${verdict}`, () => {
      const found = play(recording);
      if (kinds.length === 0) assert.deepEqual(found[0], undefined);
      else assert.ok(kinds.includes(found[0]?.kind ?? 'nothing'), `said: ${found[0]?.title}`);
    });
  }
});

test('every healthy program of the benchmark is recorded on four versions, and some that leak', () => {
  const healthy = readPrograms().filter(({ expects }) => expects.kinds.length === 0);
  for (const { name } of healthy)
    for (const major of [20, 22, 24, 26]) assert.ok(recordings.includes(`${name}-${major}.txt`), name);
  assert.ok(recordings.length > healthy.length * 4);
});
