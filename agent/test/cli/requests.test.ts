import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { parseArguments } from '../../src/cli/arguments.js';
import { requests } from '../../src/cli/commands/requests.js';
import type { RunningRequests } from '../../src/protocol/requests.js';
import { served } from '../harness/served.js';

const quiet: RunningRequests = {
  readAt: '2026-01-01T00:00:00.000Z',
  readingAgeMs: 240,
  blockedForMs: null,
  blockedBy: null,
  inFlight: 0,
  requests: [],
};
const stuck = [
  { method: 'GET', route: '/orders/:id', ageMs: 61_240, traceId: '0af7651916cd43dd8448eb211c80319c' },
  { method: 'POST', route: 'unmatched', ageMs: 300, traceId: null },
];

async function print(t: TestContext, answer: RunningRequests, ...options: string[]): Promise<string> {
  const url = await served(t, (_request, response) => response.end(JSON.stringify(answer)));
  const printed: string[] = [];
  const code = await requests.run({
    typed: parseArguments(['requests', ...options, '--url', url], {}),
    environment: {},
    print: (line) => void printed.push(line),
    progress: () => {},
    signal: new AbortController().signal,
  });
  assert.equal(code, 0);
  return printed.join('\n');
}

const rows: readonly [string, RunningRequests, readonly string[]][] = [
  ['says that there is none', quiet, ['No request is being served, as of 0.2 s ago.']],
  [
    'lists them with age, route and trace, oldest first',
    { ...quiet, inFlight: 2, requests: stuck },
    [
      '2 requests in flight, as of 0.2 s ago:',
      '    61.2 s  GET /orders/:id  trace 0af7651916cd43dd8448eb211c80319c',
      '     0.3 s  POST unmatched',
    ],
  ],
  [
    'says what waits for its reader',
    { ...quiet, inFlight: 1, requests: [{ ...stuck[0]!, traceId: null, unsentBytes: 70_000 }] },
    [
      '1 request in flight, as of 0.2 s ago:',
      '    61.2 s  GET /orders/:id  waits for its reader, 68.4 kB unsent',
    ],
  ],
  [
    'says how many are not listed',
    { ...quiet, inFlight: 400, requests: stuck.slice(1) },
    ['400 requests in flight, as of 0.2 s ago; the oldest 1:', '     0.3 s  POST unmatched'],
  ],
  [
    'says first what blocks the loop',
    {
      ...quiet,
      readingAgeMs: 3_100,
      blockedForMs: 2_900,
      blockedBy: { route: 'GET /report', traceId: null },
      inFlight: 1,
      requests: stuck.slice(1),
    },
    [
      'The event loop has been blocked for 2.9 s by GET /report.',
      '1 request in flight, as of 3.1 s ago:',
      '     0.3 s  POST unmatched',
    ],
  ],
  [
    'says that nothing is known yet',
    { ...quiet, readAt: null, readingAgeMs: null, inFlight: null },
    ['Nothing is known of requests yet.'],
  ],
];
for (const [title, answer, lines] of rows) {
  test(title, async (t) => assert.equal(await print(t, answer), lines.join('\n')));
}

test('--json prints the answer as it is', async (t) => {
  assert.deepEqual(JSON.parse(await print(t, quiet, '--json')), quiet);
});
