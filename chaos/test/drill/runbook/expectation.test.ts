import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectationComplaint, firstMissingLine } from '../../../src/drill/runbook/expectation.js';

const cases: readonly (readonly [string, string, string, boolean])[] = [
  ['a line as it stands', 'ok', 'ok', true],
  ['a part of a line', '"enabled":false', '{"name":"x","enabled":false}', true],
  ['a line with other spaces around it', '  ok  ', 'ok', true],
  ['lines with others between them', 'a\nb', 'x\na\ny\nb\nz', true],
  ['lines in another order', 'b\na', 'a\nb', false],
  ['one line twice where it stands once', 'a\na', 'a', false],
  ['a regular expression', 'took /\\d+/ ms', 'took 42 ms', true],
  ['a regular expression that does not match', 'took /\\d+/ ms', 'took long', false],
  ['a regular expression before a colon', '/warning|critical/: it', 'critical: it', true],
  ['a regular expression in quotes', '"kind": "/event-.*/"', '"kind": "event-loop-stall",', true],
  ['an escaped slash in a regular expression', '/a\\/b+/', 'a/bbb', true],
  [
    'a path, which is no regular expression',
    'GET /admin/products/export-all',
    'GET /admin/products/export-all 200',
    true,
  ],
  [
    'a path whose slashes are missing',
    'GET /admin/products/export-all',
    'GET admin products export-all',
    false,
  ],
  ['a route with a parameter', 'route /products/:id', 'route /products/:id', true],
  ['an ellipsis', '{…job="nodejs"…} 1', '{instance="a", job="nodejs", x="y"} 1', true],
  ['characters that mean something to regular expressions', 'a.b (c) [d] $e', 'a.b (c) [d] $e', true],
  ['a dot that stands for itself', 'a.b', 'aXb', false],
  ['nothing', 'ok', '', false],
];

for (const [what, expected, output, found] of cases) {
  test(`${found ? 'finds' : 'misses'} ${what}`, () => {
    const missing = firstMissingLine(expected.split('\n'), output);
    assert.equal(missing === null, found, `missing: ${missing}`);
  });
}

test('names the first line that is missing', () => {
  assert.equal(firstMissingLine(['a', ' b ', 'c'], 'a\nc'), 'b');
});

test('refuses expected lines that say nothing or cannot be read', () => {
  assert.equal(expectationComplaint('ok'), null);
  assert.match(expectationComplaint('… …') ?? '', /matches everything/);
  assert.match(expectationComplaint('a /[/') ?? '', /no valid regular expression/);
});
