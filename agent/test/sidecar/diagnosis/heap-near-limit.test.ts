import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  detectHeapNearLimit,
  type NearLimitView,
  nearLimitRule,
} from '../../../src/sidecar/diagnosis/heap-near-limit.js';
import { aFrame } from '../../harness/make.js';

const mb = 1e6;
const floorsOf = (...megabytes: readonly number[]) =>
  megabytes.map((each, index) => ({ atMs: index * 5_000, bytes: each * mb, externalBytes: 3 * mb }));
const taken = (...megabytes: readonly number[]) => megabytes.map((each) => each * mb);
/** A heap of 1000 MB. */
const view = (floorsMb: readonly number[], rest: Partial<NearLimitView> = {}): NearLimitView => ({
  floors: floorsOf(...floorsMb),
  oldBytes: (floorsMb.at(-1) ?? 0) * mb + 10 * mb,
  takenBytes: [],
  limitBytes: 1_000 * mb,
  v8LimitBytes: 1_000 * mb,
  gcRatio: 0.04,
  ...rest,
});

const rows: readonly [string, NearLimitView, 'near' | 'quiet' | 'unknown'][] = [
  ['nine tenths are alive', view([900, 901]), 'near'],
  ['just above the limit of the rule', view([850.1, 850.1]), 'near'],
  ['exactly on the limit of the rule', view([850, 850]), 'quiet'],
  ['one of the two newest collections was below', view([900, 849]), 'quiet'],
  ['it was near once and has come down', view([950, 950, 300, 300]), 'quiet'],
  ['garbage up to the limit over a small floor', view([300, 300], { oldBytes: 990 * mb }), 'quiet'],
  ['used memory is below the floors by now', view([900, 900], { oldBytes: 500 * mb }), 'quiet'],
  ['a third is alive', view([333, 333]), 'quiet'],
  ['the container leaves less than V8 would take', view([500, 500], { limitBytes: 550 * mb }), 'near'],
  ['the same heap without a container', view([500, 500]), 'quiet'],
  [
    'garbage up to what the container leaves: V8 does not collect for it',
    view([300, 300], { takenBytes: taken(900, 900, 900), v8LimitBytes: 4_000 * mb }),
    'near',
  ],
  [
    'the same for two snapshots only',
    view([300, 300], { takenBytes: taken(800, 900, 900), v8LimitBytes: 4_000 * mb }),
    'quiet',
  ],
  [
    'the same before any collection',
    view([], { takenBytes: taken(900, 900, 900), v8LimitBytes: 4_000 * mb }),
    'near',
  ],
  [
    'the same where V8 itself has that limit',
    view([300, 300], { takenBytes: taken(900, 900, 900) }),
    'quiet',
  ],
  ['one collection only', view([990]), 'unknown'],
  ['no collection at all', view([]), 'unknown'],
  ['the container leaves nothing', view([900, 900], { limitBytes: 0 }), 'unknown'],
];

describe('when what is alive nearly fills the heap', () => {
  for (const [title, given, expected] of rows) {
    test(`${title}: ${expected}`, () => {
      const found = detectHeapNearLimit(given, false, null, nearLimitRule);
      assert.equal(typeof found === 'string' ? found : 'near', expected);
    });
  }
});

test('says leak where the heap grows and working set where it does not, and rules the other one out', () => {
  const [leak, set] = [true, false].map((isLeak) =>
    detectHeapNearLimit(view([880, 890, 900]), isLeak, null, nearLimitRule),
  );
  assert.ok(typeof leak === 'object' && typeof set === 'object');
  assert.deepEqual([leak.cause, set.cause], ['leak', 'working-set']);
  const kinds = (finding: typeof leak) => finding.ruledOut.map(({ kind }) => kind);
  assert.deepEqual(kinds(leak), ['external-memory-growth', 'gc-pressure']);
  assert.deepEqual(kinds(set), ['heap-leak', 'external-memory-growth', 'gc-pressure']);
  assert.match(set.ruledOut[0]!.because, /2\.0 MB\/s over the last 3$/);
});

test('in a container that V8 would outgrow the cause is the container, unless the heap leaks', () => {
  const given = view([300, 300], { takenBytes: taken(900, 900, 900), v8LimitBytes: 4_000 * mb });
  const [set, leak] = [false, true].map((isLeak) => detectHeapNearLimit(given, isLeak, null, nearLimitRule));
  assert.ok(typeof set === 'object' && typeof leak === 'object');
  assert.deepEqual([set.cause, leak.cause], ['container', 'leak']);
  assert.equal(
    set.title,
    'Heap takes 90 % of what its container leaves it, 100 MB below the limit, and V8 would take 4000 MB',
  );
  assert.equal(set.measurements.takenBytes, 900 * mb);
});

test('does not rule out what is outside the heap where the container sets the limit', () => {
  const found = detectHeapNearLimit(view([500, 500], { limitBytes: 550 * mb }), false, null, nearLimitRule);
  assert.ok(typeof found === 'object');
  assert.deepEqual(
    found.ruledOut.map(({ kind }) => kind),
    ['heap-leak', 'gc-pressure'],
  );
  assert.deepEqual(
    [found.measurements.limitBytes, found.measurements.v8LimitBytes, found.measurements.liveShare],
    [550 * mb, 1_000 * mb, 0.909],
  );
});

test('is critical, and names who has allocated what is alive', () => {
  const frame = aFrame('loadVectors src/vectors.ts:12');
  const live = { sites: [{ frame, bytes: 700 * mb, share: 0.8, stack: [frame] }], samples: 500 };
  const found = detectHeapNearLimit(view([900, 900]), false, live, nearLimitRule);
  assert.ok(typeof found === 'object');
  assert.equal(found.severity, 'critical');
  assert.equal(
    found.title,
    'Heap is 90 % full after collections, 100 MB below its limit, 80 % of it allocated in loadVectors (src/vectors.ts:12)',
  );
  assert.equal(found.culprit?.function, 'loadVectors');
});
