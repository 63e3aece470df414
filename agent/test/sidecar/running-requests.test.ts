import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RequestsReading } from '../../src/protocol/requests.js';
import { describeRunning } from '../../src/sidecar/running-requests.js';
import { aSample, aSnapshot, aStall } from '../harness/make.js';

const running = { method: 'GET', route: '/slow/:id', ageMs: 4_000.4, traceId: null };
const requests: RequestsReading = { inFlight: 3, series: [], foldedRoutes: 0, running: [running] };
const snapshot = aSnapshot({ monotonicMs: 10_000, atMs: Date.UTC(2026, 0, 1), requests });

describe('what runs', () => {
  test('has the ages of the reading while the loop turns, and says how old that is', () => {
    assert.deepEqual(describeRunning(snapshot, null, 10_700.2), {
      readAt: '2026-01-01T00:00:00.000Z',
      readingAgeMs: 700,
      blockedForMs: null,
      blockedBy: null,
      inFlight: 3,
      requests: [{ ...running, ageMs: 4_000 }],
    });
  });

  test('grows older while the loop is blocked, for nothing can end', () => {
    const answer = describeRunning(snapshot, aStall({ blockedMs: 2_500.4 }), 13_000);
    assert.deepEqual([answer.readingAgeMs, answer.blockedForMs, answer.blockedBy], [3_000, 2_500, null]);
    assert.deepEqual(
      answer.requests.map(({ ageMs }) => ageMs),
      [7_000],
    );
  });

  test('names the request that blocks, by the newest sample', () => {
    const request = (route: string) => ({ route, traceId: 'ab', spanId: 'cd' });
    const frames = ['work src/a.ts:1'];
    const samples = ['GET /one', 'GET /two'].map((route) => aSample(frames, { request: request(route) }));
    const { blockedBy } = describeRunning(snapshot, aStall({ samples }), 13_000);
    assert.deepEqual(blockedBy, { route: 'GET /two', traceId: 'ab' });
  });

  test('is not known without a reading', () => {
    const nothing = {
      readAt: null,
      readingAgeMs: null,
      blockedForMs: null,
      blockedBy: null,
      inFlight: null,
      requests: [],
    };
    assert.deepEqual(describeRunning(null, null, 1), nothing);
    assert.deepEqual(describeRunning(aSnapshot(), null, 1), nothing);
  });
});
