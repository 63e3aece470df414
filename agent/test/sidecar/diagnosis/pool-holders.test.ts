import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blameHolders, type LocatedHolder } from '../../../src/sidecar/diagnosis/pool-holders.js';
import { aFrame } from '../../harness/make.js';

const main = { name: 'main', library: 'mysql2' };
const driver = aFrame('Pool.query node_modules/pg-pool/index.js:400:10', { origin: 'dependency' });
const holder = (ageMs: number, text: string | null, rest: Partial<LocatedHolder> = {}): LocatedHolder => ({
  ageMs,
  querying: false,
  request: null,
  frames: text === null ? [] : [driver, aFrame(text), aFrame('handle src/routes.ts:7:3')],
  ...rest,
});

test('blames the line whose connections have been held longest altogether, and not the one that holds the oldest', () => {
  const leak = 'readParcel src/parcel.ts:12:30';
  const held = [
    holder(9_000, 'exportAll src/export.ts:5:1'),
    ...[5_000, 4_000, 3_000].map((age) => holder(age, leak)),
  ];
  const { culprit } = blameHolders(main, held);
  assert.deepEqual(
    [
      culprit?.type,
      culprit?.name,
      culprit?.library,
      culprit?.function,
      culprit?.file,
      culprit?.line,
      culprit?.share,
      culprit?.samples,
    ],
    ['pool', 'main', 'mysql2', 'readParcel', 'src/parcel.ts', 12, 0.75, 4],
  );
  assert.equal(culprit?.stack[0], 'Pool.query (node_modules/pg-pool/index.js:400:10)');
});

test('names the first five holders, longest first, with line, age, state and route', () => {
  const request = { route: 'GET /sheet', traceId: null, spanId: null };
  const held = [
    holder(9_000.4, 'one src/a.ts:1:1', { request, querying: true }),
    holder(8_000, null, { querying: null }),
    ...[7, 6, 5, 4].map((age) => holder(age * 1_000, 'one src/a.ts:1:1')),
  ];
  const holders = blameHolders(main, held).culprit?.holders ?? [];
  assert.equal(holders.length, 5);
  assert.deepEqual(holders[0], {
    function: 'one',
    file: 'src/a.ts',
    line: 1,
    ageMs: 9_000,
    querying: true,
    route: 'GET /sheet',
  });
  assert.deepEqual(holders[1], {
    function: null,
    file: null,
    line: null,
    ageMs: 8_000,
    querying: null,
    route: null,
  });
});

test('tells the request of the blamed line, or of anybody who holds one', () => {
  const request = { route: 'GET /other', traceId: null, spanId: null };
  const own = { route: 'GET /leak', traceId: 'a', spanId: 'b' };
  const other = holder(1_000, 'other src/b.ts:2:2', { request });
  assert.deepEqual(
    blameHolders(main, [holder(9_000, 'leak src/a.ts:1:1', { request: own }), other]).request,
    own,
  );
  assert.deepEqual(blameHolders(main, [holder(9_000, 'leak src/a.ts:1:1'), other]).request, request);
});

test('blames nobody when no taker is known, or only libraries are', () => {
  assert.deepEqual(blameHolders(main, []), { culprit: null, request: null });
  assert.equal(blameHolders(main, [holder(9_000, null)]).culprit, null);
  assert.equal(blameHolders(main, [holder(9_000, null, { frames: [driver] })]).culprit, null);
});
