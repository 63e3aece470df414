import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judge, type Observation } from '../../../bench/accuracy/judge.js';
import { type Expectation, readExpectation } from '../../../bench/accuracy/program.js';
import type { Incident } from '../../../src/protocol/incident.js';

const startMs = Date.parse('2026-01-01T00:00:00.000Z');
const expects: Expectation = {
  causes: ['sync-call'],
  function: 'exportAll',
  file: 'export.mjs',
  lines: [12],
  columns: [3],
  api: 'JSON.stringify',
};

const incident = (changes: Partial<Incident> = {}): Incident => ({
  id: '1',
  kind: 'event-loop-stall',
  status: 'open',
  severity: 'warning',
  openedAt: '2026-01-01T00:00:00.130Z',
  updatedAt: '2026-01-01T00:00:00.130Z',
  resolvedAt: null,
  occurrences: 1,
  title: 'Event loop blocked 130 ms by JSON.stringify',
  cause: 'sync-call',
  confidence: 0.9,
  culprit: {
    type: 'code',
    function: 'Report.exportAll',
    file: 'export.mjs',
    line: 12,
    column: 3,
    share: 1,
    samples: 4,
    stack: [],
  },
  request: null,
  measurements: { worstBlockedMs: 700 },
  ruledOut: [],
  evidence: [],
  runbook: 'event-loop-stall.md',
  ...changes,
});

const observe = (after: readonly Incident[], during = after): Observation => ({
  blockStartsAtMs: startMs,
  starvedRatio: null,
  during,
  after,
});

test('finds everything right when everything is', () => {
  const { said: _said, ...verdict } = judge(expects, observe([incident()]));
  assert.deepEqual(verdict, {
    detected: true,
    latencyMs: 130,
    seenDuring: true,
    lineRight: true,
    columnRight: true,
    functionRight: true,
    causeRight: true,
    apiNamedDuring: true,
  });
});

test('does not take an incident from before the block for one of the block', () => {
  const early = incident({ openedAt: '2025-12-31T23:59:59.000Z' });
  assert.equal(judge(expects, observe([early])).detected, false);
});

test('an API that only the stack names is not named', () => {
  const { culprit } = incident();
  assert.ok(culprit);
  const stack = ['JSON.stringify (native)'];
  const quiet = incident({ title: 'Event loop blocked 130 ms', culprit: { ...culprit, stack } });
  assert.equal(judge(expects, observe([quiet])).apiNamedDuring, false);
});

test('the right line of another file is wrong', () => {
  const { culprit } = incident();
  assert.ok(culprit);
  const elsewhere = incident({ culprit: { ...culprit, file: 'other.mjs' } });
  const { lineRight, functionRight } = judge(expects, observe([elsewhere]));
  assert.deepEqual([lineRight, functionRight], [false, false]);
});

test('what is seen only after the block was not seen during it', () => {
  const { detected, seenDuring, apiNamedDuring } = judge(expects, observe([incident()], []));
  assert.deepEqual([detected, seenDuring, apiNamedDuring], [true, false, false]);
});

test('reads expectations and both forms of the marker from a source', () => {
  const text = [
    '// expect cause: javascript | gc',
    '// expect function: total',
    '// culprit',
    'for (;;) {',
    '  add(); // culprit',
    '}',
  ].join('\n');
  assert.deepEqual(readExpectation('a.mjs', text), {
    causes: ['javascript', 'gc'],
    function: 'total',
    file: 'a.mjs',
    lines: [4, 5],
    columns: null,
    api: null,
  });
});

describe('the column', () => {
  const columnRight = (lines: readonly number[], columns: Expectation['columns']) =>
    judge({ ...expects, lines, columns }, observe([incident()])).columnRight;
  const rows: readonly [string, readonly number[], Expectation['columns'], boolean | null][] = [
    ['is right where the program says so', [11, 12], [9, 3], true],
    ['is wrong when it is that of another line', [11, 12], [3, 9], false],
    ['is wrong where the line has no call', [11, 12], [3, null], false],
    ['is wrong on a line that is', [11], [3], false],
    ['is not judged where the program does not say it', [12], null, null],
  ];
  for (const [title, lines, columns, expected] of rows) {
    test(title, () => assert.equal(columnRight(lines, columns), expected));
  }

  test('is read from the text of the marked lines', () => {
    const head = '// expect cause: sync-call\n// expect function: load\n// expect at: readSync(\n';
    const marked = `${head}  const n = fs.readSync(3); // culprit\n// culprit\nend();`;
    assert.deepEqual(readExpectation('a.mjs', marked).columns, [16, null]);
    assert.throws(
      () => readExpectation('a.mjs', `${head}end(); // culprit`),
      /marks no line with "readSync\("/,
    );
  });
});

test('refuses a program that does not mark a line', () => {
  const text = '// expect cause: gc\n// expect function: total\n';
  assert.throws(() => readExpectation('a.mjs', text), /a\.mjs must say .* mark a line/);
});
