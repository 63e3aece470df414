import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Growth } from '../../../src/sidecar/diagnosis/growth.js';
import { handleRule } from '../../../src/sidecar/diagnosis/handle-growth.js';
import {
  detectHandleLeak,
  type HandleContext,
  isNearLimit,
  type Leaking,
} from '../../../src/sidecar/diagnosis/handle-leak.js';
import { aFrame } from '../../harness/make.js';

const growth: Growth = {
  perSecond: 18,
  climbed: 1_700,
  spanMs: 95_000,
  toCome: Number.POSITIVE_INFINITY,
  points: 20,
  risingShare: 1,
  beganShare: 1,
};
const timers: Leaking = { key: 'timers', cause: 'timers', resource: 'Timeout', count: 1_730, makers: [] };
const context: HandleContext = { descriptors: { open: 40, limit: 1_000 }, inFlight: 3 };
const descriptors: Leaking = {
  key: 'descriptors',
  cause: 'descriptors',
  resource: 'file descriptor',
  count: 900,
  makers: [],
};

describe('near the limit of descriptors', () => {
  const rows: readonly [string, readonly number[], number | null, boolean | 'unknown'][] = [
    ['nine tenths, the limit itself, five times', [90, 90, 90, 90, 90], 100, true],
    ['all of them', [10, 64, 64, 64, 64, 64], 64, true],
    ['one reading below', [90, 90, 89, 90, 90], 100, false],
    ['a burst of four readings', [40, 99, 99, 99, 99], 100, false],
    ['a burst that is over', [99, 99, 99, 99, 40], 100, false],
    ['many that are far from the limit', [900, 900, 900, 900, 900], 1_048_576, false],
    ['too few readings', [99, 99, 99, 99], 100, 'unknown'],
    ['no limit', [99, 99, 99, 99, 99], null, 'unknown'],
  ];
  for (const [title, open, limit, expected] of rows) {
    test(`${title}: ${expected}`, () => assert.equal(isNearLimit(open, limit, handleRule), expected));
  }
});

describe('the verdict', () => {
  test('says what grows, how fast, and how many there are', () => {
    const finding = detectHandleLeak(timers, growth, false, context);
    assert.equal(finding.title, 'Timers grow by 18.0/s, 1730 now');
    assert.deepEqual([finding.cause, finding.resource, finding.severity], ['timers', 'Timeout', 'warning']);
    assert.deepEqual(finding.measurements, {
      count: 1_730,
      perSecond: 18,
      spanSeconds: 95,
      risingShare: 1,
      points: 20,
      openDescriptors: 40,
      descriptorLimit: 1_000,
    });
    assert.equal(finding.culprit, null);
  });

  test('names the innermost line of the service that adds listeners', () => {
    const stack = [
      aFrame('on node:events:500', { origin: 'node' }),
      aFrame('subscribe node_modules/bus/index.js:3', { origin: 'dependency' }),
      aFrame('countView src/views.ts:17'),
      aFrame('handle src/app.ts:4'),
    ];
    const leaking: Leaking = {
      ...timers,
      cause: 'listeners',
      resource: 'minute on EventEmitter',
      makers: [{ count: 1, stack }],
    };
    const { title, culprit } = detectHandleLeak(leaking, growth, false, context);
    assert.equal(
      title,
      'Listeners of minute on EventEmitter grow by 18.0/s, 1730 now, one added in countView (src/views.ts:17)',
    );
    assert.equal(culprit?.stack.length, 4);
  });

  test('blames a dependency only where nothing of the service is on the stack, and nobody where neither is', () => {
    const from = (origin: 'dependency' | 'node') =>
      detectHandleLeak(
        { ...timers, makers: [{ count: 1, stack: [aFrame('on lib.js:3', { origin })] }] },
        growth,
        false,
        context,
      ).culprit;
    assert.equal(from('dependency')?.file, 'lib.js');
    assert.equal(from('node'), null);
  });

  test('tells slow growth by the minute', () => {
    assert.match(
      detectHandleLeak(timers, { ...growth, perSecond: 0.05 }, false, context).title,
      /by 3\.0\/min/,
    );
  });

  test('is critical for what holds descriptors when those are nearly used up, and for nothing else', () => {
    const severity = (leaking: Leaking) => detectHandleLeak(leaking, growth, true, context).severity;
    assert.equal(severity(descriptors), 'critical');
    assert.equal(severity({ ...descriptors, cause: 'sockets' }), 'critical');
    assert.equal(severity(timers), 'warning');
    assert.equal(detectHandleLeak(descriptors, growth, false, context).severity, 'warning');
  });

  for (const [leaking, limit, expected] of [
    [descriptors, 1_000, 6],
    [{ ...descriptors, cause: 'sockets', count: 300 }, 1_000, 6],
    [{ ...descriptors, cause: 'sockets', count: 300 }, 850, 0],
    [timers, 1_000, undefined],
    [{ ...descriptors, cause: 'sockets' }, null, undefined],
  ] as const) {
    test(`${leaking.cause} with a limit of ${limit} have ${expected} s until it`, () => {
      const around = { ...context, descriptors: { open: 900, limit } };
      assert.equal(detectHandleLeak(leaking, growth, false, around).measurements.secondsToLimit, expected);
    });
  }

  test('needs no growth when hardly any descriptors are left', () => {
    const { title, measurements } = detectHandleLeak(descriptors, null, true, context);
    assert.equal(title, 'File descriptors are nearly used up: 900 of 1000 open');
    assert.ok(!('perSecond' in measurements));
  });

  test('rules a slow dependency out by the calls that wait, and only by those', () => {
    const ruledOut = (inFlight: number | null) =>
      detectHandleLeak(timers, growth, false, { ...context, inFlight }).ruledOut.map(({ kind }) => kind);
    assert.deepEqual(ruledOut(865), ['dependency-slow']);
    assert.deepEqual(ruledOut(866), []);
    assert.deepEqual(ruledOut(null), []);
  });
});
