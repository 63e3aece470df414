import { test } from 'node:test';
import { assertRefused, type WrongRow, withTolerance } from '../../harness/drill/document.js';

const wrong: readonly WrongRow[] = [
  [
    'a broken number as tolerance',
    withTolerance(2.5),
    'method[0].tolerance: expected a boolean, a whole number',
  ],
  [
    'an empty list as tolerance',
    withTolerance([]),
    'method[0].tolerance: expected a list of at least one value, found []',
  ],
  [
    'an unknown tolerance',
    withTolerance({ type: 'xpath' }),
    'method[0].tolerance.type: expected probe, regex, jsonpath or range, found "xpath"',
  ],
  [
    'a broken regex',
    withTolerance({ type: 'regex', pattern: '(' }),
    'method[0].tolerance.pattern: expected a regular expression, found "("',
  ],
  [
    'a filter in a jsonpath',
    withTolerance({ type: 'jsonpath', path: '$.a[?(@.b)]' }),
    'method[0].tolerance.path: expected a JSONPath without filters and scripts',
  ],
  [
    'a jsonpath without root',
    withTolerance({ type: 'jsonpath', path: 'a.b' }),
    'method[0].tolerance.path: expected a JSONPath that begins with $',
  ],
  [
    'a range upside down',
    withTolerance({ type: 'range', range: [2, 1] }),
    'method[0].tolerance.range: expected a pair of numbers, the smaller first',
  ],
];
for (const [what, document, message] of wrong)
  test(`refuses ${what}, naming file, place, what was expected and what was found`, () =>
    assertRefused(document, message));
