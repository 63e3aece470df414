import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectionsOf } from '../../src/promql/selectors.js';
import { errorPosition, parseQuery } from '../../src/promql/syntax.js';

for (const text of [
  'up',
  'rate(x_total{job=~"$job"}[$__rate_interval])',
  'a and on (b) c > 1',
  '-sum(x) / 2',
]) {
  test(`accepts ${text}`, () => assert.equal(errorPosition(parseQuery(text)), null));
}

for (const text of ['', ' ', 'sum(', 'rate(x[5m]', 'a b', 'x{job=}']) {
  test(`refuses "${text}"`, () => assert.notEqual(errorPosition(parseQuery(text)), null));
}

test('tells metrics with their matchers, ranges and the functions around them', () => {
  const found = selectionsOf(parseQuery('sum by (a) (rate(x{a="1", b!~"2"}[5m])) / y'));
  assert.deepEqual(
    found.map(({ node, ...rest }) => rest),
    [
      {
        name: 'x',
        matchers: [
          { label: 'a', op: '=', value: '1' },
          { label: 'b', op: '!~', value: '2' },
        ],
        inside: ['rate', 'sum'],
        range: '5m',
      },
      { name: 'y', matchers: [], inside: [], range: null },
    ],
  );
});
