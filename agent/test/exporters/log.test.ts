import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pino } from 'pino';
import { logFormerProcess, logVerdict } from '../../src/exporters/log.js';
import type { Incident } from '../../src/protocol/incident.js';
import { agentLines, runChild } from '../harness/child.js';
import { aFinding } from '../harness/make.js';

const incident: Incident = {
  ...aFinding(),
  id: '20260101-0a0b',
  status: 'open',
  openedAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  resolvedAt: null,
  culprit: {
    type: 'code',
    function: 'buildReport',
    file: 'src/report.ts',
    line: 42,
    column: 17,
    share: 0.93,
    samples: 14,
    stack: ['buildReport (src/report.ts:42:17)'],
  },
  request: { route: 'GET /report', traceId: 'a1', spanId: 'b2' },
  evidence: [],
  runbook: 'https://books/event-loop-stall.md',
};

function logged(verdict: Incident): Record<string, unknown>[] {
  const lines: string[] = [];
  logVerdict(pino({ base: null, timestamp: false }, { write: (line) => lines.push(line) }), verdict);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a verdict is one line', () => {
  test('that says who holds the connections of a pool', () => {
    const holder = {
      function: 'readParcel',
      file: 'src/parcel.ts',
      line: 12,
      ageMs: 9_000,
      querying: false,
      route: null,
    };
    const { stack, ...place } = incident.culprit!;
    const culprit: Incident['culprit'] = {
      ...place,
      stack,
      type: 'pool',
      name: 'main',
      library: 'pg',
      holders: [holder],
    };
    assert.deepEqual(logged({ ...incident, kind: 'pool-exhausted', culprit })[0]?.culprit, {
      pool: 'main',
      library: 'pg',
      holders: [holder],
      function: 'buildReport',
      file: 'src/report.ts',
      line: 42,
      share: 0.93,
    });
  });

  test('that says who is to blame, how sure that is, and where to read on', () => {
    assert.deepEqual(logged(incident), [
      {
        level: 40,
        incident: {
          id: '20260101-0a0b',
          kind: 'event-loop-stall',
          status: 'open',
          severity: 'warning',
          cause: 'javascript',
          confidence: 0.9,
          occurrences: 1,
        },
        culprit: { function: 'buildReport', file: 'src/report.ts', line: 42, share: 0.93 },
        request: { route: 'GET /report', traceId: 'a1', spanId: 'b2' },
        runbook: 'https://books/event-loop-stall.md',
        msg: 'Event loop blocked 412 ms in buildReport (src/report.ts:42)',
      },
    ]);
  });

  const rows: readonly [string, Partial<Incident>, number, RegExp][] = [
    ['as an error when it is critical', { severity: 'critical' }, 50, /^Event loop blocked/],
    [
      'as information when it is over',
      { status: 'resolved', severity: 'critical' },
      30,
      /^Resolved: Event loop/,
    ],
    ['also when nobody is to blame', { culprit: null, request: null }, 40, /^Event loop blocked/],
  ];
  for (const [title, rest, level, message] of rows) {
    test(title, () => {
      const [line, ...others] = logged({ ...incident, ...rest });
      assert.deepEqual([line?.level, others.length], [level, 0]);
      assert.match(String(line?.msg), message);
    });
  }
});

describe('a former process is one warning', () => {
  const end = {
    pid: 12,
    startedAt: '2026-01-01T00:00:00.000Z',
    lastSeenAt: '2026-01-01T00:10:00.000Z',
    exitCause: 'heap-limit',
    because: 'its heap was full',
    alsoOpen: [],
  } as const;
  const linesOf = (of: Incident | null): Record<string, unknown>[] => {
    const lines: string[] = [];
    const log = pino({ base: null, timestamp: false }, { write: (line) => lines.push(line) });
    logFormerProcess(log, end, of, of && '/faultline/evidence/20260101-0a0b', 2);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  test('with what was open, who is to blame, what ended it, and where the evidence lies', () => {
    assert.deepEqual(linesOf({ ...incident, status: 'resolved' }), [
      {
        level: 40,
        incident: { id: '20260101-0a0b', kind: 'event-loop-stall', severity: 'warning', cause: 'javascript' },
        culprit: { function: 'buildReport', file: 'src/report.ts', line: 42, share: 0.93 },
        endedProcess: end,
        evidence: '/faultline/evidence/20260101-0a0b',
        others: 2,
        runbook: 'https://books/event-loop-stall.md',
        msg: 'A former process of this service (pid 12) ended without a word, exit cause heap-limit: Event loop blocked 412 ms in buildReport (src/report.ts:42)',
      },
    ]);
  });

  test('also when nothing was open', () => {
    const [line, ...rest] = linesOf(null);
    assert.deepEqual([line?.level, line?.endedProcess, rest], [40, end, []]);
  });
});

describe("the agent's own log", () => {
  const program = (level: string) => `
    import { createLog } from ${JSON.stringify(new URL('../../src/exporters/log.js', import.meta.url).href)};
    const log = createLog({ service: 'shop', logLevel: '${level}' });
    log.info('one');
    log.warn('two');
    setTimeout(() => {}, 200);`;

  test('goes to stderr as JSON with the service and the process', async (t) => {
    const { stdout, stderr } = await runChild(t, { program: program('info'), flags: [] });
    assert.equal(stdout, '');
    const lines = agentLines(stderr);
    assert.deepEqual(
      lines.map(({ level, msg, service }) => [level, msg, service]),
      [
        [30, 'one', 'shop'],
        [40, 'two', 'shop'],
      ],
    );
    assert.equal(typeof lines[0]?.pid, 'number');
  });

  for (const [level, count] of [
    ['warn', 1],
    ['silent', 0],
  ] as const) {
    test(`has ${count} of two lines at level ${level}`, async (t) => {
      const { stderr } = await runChild(t, { program: program(level), flags: [] });
      assert.equal(agentLines(stderr).length, count);
    });
  }
});
