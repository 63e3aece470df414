import assert from 'node:assert/strict';
import { test } from 'node:test';
import { survivingLabels } from '../../src/promql/labels.js';
import { parseQuery } from '../../src/promql/syntax.js';

const labels: Readonly<Record<string, readonly string[]>> = { x: ['cause', 'le'], y: ['cause'] };

function surviving(text: string): string | null {
  const query = parseQuery(text);
  return survivingLabels(query, query.root, (name) => labels[name] ?? [])?.join(' ') ?? null;
}

const cases = [
  ['z', 'job instance'],
  ['x', 'job instance cause le'],
  ['sum(x)', ''],
  ['sum by (job, cause) (x)', 'job cause'],
  ['sum(x) by (job)', 'job'],
  ['sum without (cause) (rate(x[5m]))', 'job instance le'],
  ['histogram_quantile(0.9, x)', 'job instance cause'],
  ['label_replace(y, "kind", "$1", "cause", "(.+)")', 'job instance cause kind'],
  ['x > 0.5', 'job instance cause le'],
  ['0.5 < x', 'job instance cause le'],
  ['x * on (job) y', 'job'],
  ['x / ignoring (le) y', 'job instance cause'],
  ['x * on (job) group_left y', 'job instance cause le'],
  ['y * on (job) group_right x', 'job instance cause le'],
  ['y and on (job) x', 'job instance cause'],
  ['x unless on (job) (time() - z < 5)', 'job instance cause le'],
  ['x or y', 'job instance cause'],
  ['time()', null],
  ['1 + 2', null],
] as const;

for (const [text, expected] of cases) {
  test(`${text} keeps ${expected === null ? 'nothing, it is a scalar' : `(${expected})`}`, () => {
    assert.equal(surviving(text), expected);
  });
}
