import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { askForSlowReader } from '../../src/lifecycle/slow-reader.js';
import type { Product } from '../../src/product.js';
import { createListLog, type ListLog } from '../../src/routes/list-log/list-log.js';
import { createVerboseListLog } from '../../src/routes/list-log/list-log-verbose.js';

const products = [1, 2, 3].map((id) => ({ id, name: `Product ${id}` }) as unknown as Product);

/** What a twin writes for one list. */
function written(make: (log: pino.Logger) => ListLog): string[] {
  const lines: string[] = [];
  make(pino({ level: 'debug' }, { write: (line) => lines.push(line) }))(products);
  return lines;
}

test('the good twin writes one line for a list, without what the products hold', () => {
  const lines = written(createListLog);
  assert.equal(lines.length, 1);
  assert.doesNotMatch(lines[0]!, /Product 1/);
});

test('the verbose twin writes every product, and counts the list as one harm', () => {
  let harms = 0;
  const lines = written((log) =>
    createVerboseListLog({ log, expired: () => false, onLog: () => (harms += 1) }),
  );
  assert.deepEqual([lines.length, harms], [3, 1]);
  assert.match(lines[2]!, /Product 3/);
});

test('the verbose twin says nothing when its lease is over', () => {
  const harm = (): never => assert.fail('it still does harm');
  assert.deepEqual(
    written((log) => createVerboseListLog({ log, expired: () => true, onLog: harm })),
    [],
  );
});

test('a service that nobody has forked says what it misses', { skip: process.connected }, () => {
  assert.throws(() => askForSlowReader(1_000, () => false), /npm start/);
});
