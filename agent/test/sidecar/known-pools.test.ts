import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PoolReading } from '../../src/protocol/pool.js';
import { createPoolChanges } from '../../src/sensors/pools/changes.js';
import { createKnownPools } from '../../src/sidecar/known-pools.js';
import { aPoolReading, aSnapshot } from '../harness/make.js';

const named = (name: string, asked = 0): PoolReading => aPoolReading({ name, asked });
const [a, b, c] = [named('a'), named('b'), named('c')];

/** Both ends, with the copy between them. */
function connect() {
  const readChanges = createPoolChanges();
  let complete = createKnownPools();
  const send = (pools: readonly PoolReading[] | null) => {
    const changes = readChanges(pools);
    const received = complete(structuredClone({ ...aSnapshot(), pools: changes }));
    return { changes, pools: received.pools };
  };
  const restart = (): void => {
    complete = createKnownPools();
  };
  return { send, restart };
}

describe('what arrives is what was read', () => {
  const changed = named('b', 1);
  const rows: readonly [string, readonly (readonly PoolReading[] | null)[]][] = [
    ['at first', [[a, b]]],
    ['of no pool', [[]]],
    [
      'when nothing was looked at',
      [
        [a, b],
        [a, b],
      ],
    ],
    [
      'when one was looked at',
      [
        [a, b],
        [a, changed],
      ],
    ],
    ['when one is new', [[a], [a, b]]],
    [
      'when one is gone',
      [
        [a, b, c],
        [a, c],
      ],
    ],
    ['when all are gone', [[a, b], []]],
    ['when another has taken the name', [[a, b], [a], [a, changed]]],
    ['when pools could not be read', [[a], null]],
    ['when they can be read again', [[a, b], null, [a, changed]]],
  ];
  for (const [title, sent] of rows) {
    test(title, () => {
      const { send } = connect();
      const received = sent.map((pools) => send(pools).pools);
      assert.deepEqual(received, sent);
    });
  }
});

test('only what was looked at travels, and the others are the same objects', () => {
  const { send } = connect();
  const before = send([a, b]).pools;
  const { changes, pools } = send([a, named('b', 1)]);
  assert.deepEqual(changes, { looked: [named('b', 1)], gone: [] });
  assert.equal(pools?.[0], before?.[0]);
});

test('a sidecar that was started again learns each pool when it is looked at', () => {
  const { send, restart } = connect();
  send([a, b]);
  restart();
  assert.deepEqual(send([a, named('b', 1)]).pools, [named('b', 1)]);
  assert.equal(send([named('a', 1), named('b', 2)]).pools?.length, 2);
});
