import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isPgClientQuerying, pgClientTarget } from '../../../src/sensors/pools/pg-client.js';

describe('whether a client runs a query', () => {
  const rows: readonly [boolean | null, string, object][] = [
    [true, 'is what its active query says', { _activeQuery: {}, _queryQueue: [] }],
    [false, 'is what an empty field and empty queues say', { _activeQuery: null, _queryQueue: [] }],
    [true, 'includes one that waits for its turn', { _activeQuery: null, _queryQueue: [{}] }],
    [
      true,
      'includes one that was sent ahead',
      { _activeQuery: null, _queryQueue: [], _sentQueryQueue: [{}] },
    ],
    [true, 'is what older versions say by public fields', { activeQuery: {}, queryQueue: [] }],
    [false, 'is what an idle client of an older version says', { activeQuery: null, queryQueue: [] }],
    [false, 'is what an idle native client says', { _activeQuery: undefined, _queryQueue: [] }],
    [null, 'is not known of a client that shows neither', { connect() {} }],
  ];
  for (const [expected, title, client] of rows)
    test(title, () => assert.equal(isPgClientQuerying(client), expected));

  test('never calls a getter, because those of newer versions warn', () => {
    class Client {
      get activeQuery(): never {
        throw new Error('called');
      }
      get queryQueue(): never {
        throw new Error('called');
      }
    }
    assert.equal(isPgClientQuerying(new Client()), null);
  });
});

describe('the target of a client', () => {
  test('is its host, port and database', () =>
    assert.equal(pgClientTarget({ host: 'db', port: 6_432, database: 'shop' }), 'db:6432/shop'));
  test('has the usual port where none is known', () =>
    assert.equal(pgClientTarget({ host: 'db', database: 'shop' }), 'db:5432/shop'));
  test('is not known of a client that says neither host nor database', () =>
    assert.equal(pgClientTarget({}), null));
});
