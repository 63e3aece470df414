import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndedProcess, Incident } from '../../src/protocol/incident.js';
import type { LastWords } from '../../src/protocol/last-words.js';
import { createFormerProcesses, type FormerWorld } from '../../src/sidecar/former-processes.js';
import type { Claim } from '../../src/sidecar/last-words/claim.js';
import { anIdentity, anOpenIncident, someLastWords } from '../harness/last-words.js';

const claimOf = (ended: readonly LastWords[], rest: Partial<Claim> = {}): Claim => ({
  ended,
  undecided: 0,
  unreadable: 0,
  ...rest,
});

/** Claims are handed out in turn. */
function open(claims: readonly Claim[], rest: Partial<FormerWorld> = {}) {
  const queue = [...claims];
  const adopted: Incident[] = [];
  const kept: string[] = [];
  const told: [EndedProcess, Incident | null, number][] = [];
  const errors: unknown[] = [];
  let unreadable = 0;
  let later: (() => void) | null = null;
  const former = createFormerProcesses({
    claim: () => queue.shift() ?? claimOf([]),
    memoryKills: () => null,
    newId: () => 'new',
    runbookUrl: 'https://books/',
    adopt: (incident) => adopted.push(incident),
    filesOf: async () => [{ name: 'stacks.json', type: 'application/json', bytes: 3 }],
    keep: ({ id }, files) => kept.push(`${id}/${files.map(({ name }) => name).join()}`),
    tell: (...words) => told.push(words),
    tellUnreadable: (count) => (unreadable += count),
    onError: (error) => errors.push(error),
    schedule: (_delayMs, work) => (later = work),
    ...rest,
  });
  return {
    former,
    adopted,
    kept,
    told,
    errors,
    unreadable: () => unreadable,
    /** Runs what was planned; false when nothing was. */
    async pass() {
      const work = later;
      later = null;
      work?.();
      await new Promise((resolve) => setImmediate(resolve));
      return work !== null;
    },
  };
}

test('an end is told with its incident, the evidence that is there, and the record as evidence', async () => {
  const words = someLastWords();
  const { former, adopted, kept, told } = open([claimOf([words])]);
  await former.look();
  const [incident] = adopted;
  assert.equal(incident?.id, 'a1');
  assert.equal(incident.endedProcess?.pid, words.process.pid);
  assert.deepEqual(
    incident.evidence.map(({ name }) => name),
    ['stacks.json'],
  );
  assert.deepEqual(kept, ['a1/last-words.json']);
  assert.deepEqual(told, [[incident.endedProcess, incident, 0]]);
  assert.deepEqual(former.ends(), [{ ...incident.endedProcess, incident: 'a1' }]);
  assert.deepEqual(
    former.readings().map((reading) => [reading.labels[0], 'value' in reading && reading.value]),
    [
      ['heap-limit', 0],
      ['container-kill', 0],
      ['unknown', 1],
    ],
  );
});

test('of several ends one line is written, about the newest, with the number of the others', async () => {
  const ended = [3, 2, 1].map((pid) =>
    someLastWords({ process: anIdentity({ pid }), incidents: [anOpenIncident({ id: `i${pid}` })] }),
  );
  const { former, told, adopted } = open([claimOf(ended)]);
  await former.look();
  assert.deepEqual(
    told.map(([end, , others]) => [end.pid, others]),
    [[3, 2]],
  );
  assert.deepEqual(
    adopted.map(({ id }) => id),
    ['i3', 'i2', 'i1'],
  );
});

test('records of several threads of one process count as one process', async () => {
  const { former } = open([claimOf([someLastWords(), someLastWords({ threadId: 1 })])]);
  await former.look();
  const unknown = former.readings().find(({ labels }) => labels[0] === 'unknown');
  assert.equal(unknown !== undefined && 'value' in unknown && unknown.value, 1);
});

test('in a loop of crashes no more than eight are told', async () => {
  const ended = Array.from({ length: 30 }, (_, pid) => someLastWords({ process: anIdentity({ pid }) }));
  const { former, told } = open([claimOf(ended)]);
  await former.look();
  assert.equal(former.ends().length, 8);
  assert.equal(told[0]?.[2], 7);
});

test('a healthy process that was stopped is not told of', async () => {
  const { former, told, adopted } = open([claimOf([someLastWords({ incidents: [] })])]);
  await former.look();
  assert.deepEqual([told, adopted, former.ends()], [[], [], []]);
});

test('an end without an incident is told without one', async () => {
  const words = someLastWords({
    incidents: [],
    numbers: { containerFreeBytes: 1, containerLimitBytes: 1_000 },
  });
  const { former, told, adopted, kept } = open([claimOf([words])]);
  await former.look();
  assert.deepEqual([told[0]?.[0].exitCause, told[0]?.[1], adopted, kept], ['container-kill', null, [], []]);
  assert.equal(former.ends()[0]?.incident, null);
});

test('a record that may be of a living process is looked at once more, and then no more', async () => {
  const undecided = claimOf([], { undecided: 1 });
  const { former, told, pass } = open([undecided, claimOf([someLastWords()], { undecided: 1 })]);
  await former.look();
  assert.equal(told.length, 0);
  assert.equal(await pass(), true);
  assert.equal(told.length, 1);
  assert.equal(await pass(), false);
});

test('files that were no records are told once', async () => {
  const { former, unreadable } = open([claimOf([], { unreadable: 3 })]);
  await former.look();
  assert.equal(unreadable(), 3);
});

test('what goes wrong is counted, and nothing is thrown', async () => {
  const broken = () => Promise.reject(new Error('disk'));
  const { former, errors } = open([claimOf([someLastWords()])], { filesOf: broken });
  await former.look();
  assert.equal(errors.length, 1);
});
