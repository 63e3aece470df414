import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeLastWords, parseLastWords, recordBytes } from '../../../src/sidecar/last-words/record.js';
import { anOpenIncident, someLastWords } from '../../harness/last-words.js';

test('a record is read as it was written', () => {
  const words = someLastWords({
    memoryKills: { group: '/sys/fs/cgroup#1.2', count: 3 },
    numbers: { oldBytes: 1, gcRatio: 0.25 },
  });
  assert.deepEqual(parseLastWords(encodeLastWords(words)), words);
});

test('a record has a bound: the least severe incidents are left out', () => {
  const stack = ['x'.repeat(recordBytes / 3)];
  const culprit = {
    type: 'code',
    function: 'a',
    file: 'a.js',
    line: 1,
    column: 1,
    share: 1,
    samples: 1,
    stack,
  } as const;
  const incidents = ['a1', 'a2', 'a3', 'a4'].map((id) => anOpenIncident({ id, culprit }));
  const text = encodeLastWords(someLastWords({ incidents }));
  assert.ok(Buffer.byteLength(text) <= recordBytes);
  assert.deepEqual(
    parseLastWords(text)?.incidents.map(({ id }) => id),
    ['a1', 'a2'],
  );
  const many = Array.from({ length: 20 }, (_, index) => anOpenIncident({ id: `${index}` }));
  assert.equal(parseLastWords(encodeLastWords(someLastWords({ incidents: many })))?.incidents.length, 8);
});

describe('is no record:', () => {
  const valid = JSON.parse(encodeLastWords(someLastWords())) as Record<string, unknown>;
  const rows: readonly [string, string][] = [
    ['nothing', ''],
    ['half of one', encodeLastWords(someLastWords()).slice(0, 200)],
    ['a list', '[]'],
    ['null', 'null'],
    ['a format to come', JSON.stringify({ ...valid, format: 2 })],
    ['one without a service', JSON.stringify({ ...valid, service: 7 })],
    ['one of no process', JSON.stringify({ ...valid, process: { pid: 'x' } })],
    ['one without a time', JSON.stringify({ ...valid, lastSeenAt: 'soon' })],
    ['one whose incidents are no list', JSON.stringify({ ...valid, incidents: {} })],
  ];
  for (const [title, text] of rows) test(title, () => assert.equal(parseLastWords(text), null));
});

test('incidents that are none, and numbers that are none, are left out', () => {
  const broken = [
    { ...anOpenIncident(), kind: 'toString' },
    { ...anOpenIncident(), title: null },
    { ...anOpenIncident(), evidence: 'none' },
    { ...anOpenIncident(), culprit: 'me' },
    null,
  ];
  const text = JSON.stringify({
    ...someLastWords(),
    incidents: [...broken, anOpenIncident()],
    numbers: { a: 1, b: '2' },
  });
  const words = parseLastWords(text);
  assert.equal(words?.incidents.length, 1);
  assert.deepEqual(words?.numbers, { a: 1 });
});
