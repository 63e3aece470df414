import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judge, wrongsOf } from '../../../bench/leaks/judge.js';
import { type Expectation, readPrograms } from '../../../bench/leaks/program.js';
import type { Incident } from '../../../src/protocol/incident.js';

const startsAtMs = Date.parse('2026-01-01T00:00:00.000Z');
const leak: Expectation = { kinds: ['heap-leak'], function: 'remember', lines: [9, 13] };
const buffers: Expectation = { kinds: ['external-memory-growth'], function: null, lines: [] };
const healthy: Expectation = { kinds: [], function: null, lines: [] };

function anIncident(kind: string, line: number | null): Incident {
  const culprit =
    line === null ? null : { type: 'code', function: 'remember', file: 'leaking/map.mjs', line };
  const openedAt = '2026-01-01T00:00:40.000Z';
  return { kind, openedAt, culprit, measurements: { bytesPerSecond: 1.04e6 } } as unknown as Incident;
}

describe('a run', () => {
  const rows: readonly [string, Expectation, Incident | null, readonly string[]][] = [
    ['that names kind and line', leak, anIncident('heap-leak', 9), []],
    ['that names the caller V8 may have inlined it into', leak, anIncident('heap-leak', 13), []],
    ['that names another line', leak, anIncident('heap-leak', 10), ['site, not remember']],
    ['without a site', leak, anIncident('heap-leak', null), ['site, not remember']],
    ['of another kind', leak, anIncident('rss-growth', null), ['kind, not heap-leak']],
    ['of a leak that nobody told of', leak, null, ['no verdict']],
    ['of buffers, which have no site', buffers, anIncident('external-memory-growth', null), []],
    ['of a healthy program that nothing is said of', healthy, null, []],
    [
      'of a healthy program that is blamed',
      healthy,
      anIncident('heap-leak', 9),
      ['fired: heap-leak, remember leaking/map.mjs:9, 1.0 MB/s'],
    ],
  ];
  for (const [title, expects, incident, wrongs] of rows) {
    test(`${title} ${wrongs.length === 0 ? 'is right' : `is wrong: ${wrongs.join('; ')}`}`, () => {
      const verdict = judge({ expects, file: 'leaking/map.mjs' }, { startsAtMs, incident });
      const row = { program: 'map', version: '20.0.0', expects, verdict, failure: null };
      assert.deepEqual(wrongsOf(row), wrongs);
      assert.equal(verdict.seconds, incident === null ? null : 40);
    });
  }

  test('that could not be made says why', () => {
    const row = { program: 'map', version: '20.0.0', expects: leak, verdict: null, failure: 'it ended' };
    assert.deepEqual(wrongsOf(row), ['could not be run: it ended']);
  });
});

test('every program says what it expects: twelve leaks and eleven that are healthy', () => {
  const programs = readPrograms();
  assert.equal(programs.filter(({ expects }) => expects.kinds.length > 0).length, 12);
  assert.equal(programs.filter(({ expects }) => expects.kinds.length === 0).length, 11);
  for (const { file, expects } of programs.filter((each) => each.expects.function !== null)) {
    assert.ok(expects.lines.length >= 2, file);
  }
});
