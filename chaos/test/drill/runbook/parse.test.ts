import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePage } from '../../../src/drill/runbook/parse.js';

const fence = (info: string, content: string) => `\`\`\`${info}\n${content}\n\`\`\`\n`;
const head = '---\nincident: x\nalerts: [A]\nseverity: warning\ndrills: [d]\n---\n';
const expected = fence('text expected', 'ok');
const step = fence('sh step="one" expect="match"', 'true');
const page = (...parts: string[]) => `${head}## Confirm\n${parts.join('\n')}`;
const problemsOf = (text: string) => parsePage(text, 'runbooks/x.md').problems;

test('reads steps with their section, expectation and attributes', () => {
  const text = [
    head,
    '## Confirm',
    fence('sh step="one" expect="match"', 'curl x\n  | jq .'),
    'Prose between does not matter.',
    fence('text expected', 'ok\n\n  /\\d+/ done'),
    '## Mitigate',
    fence('sh step="off" expect="match"', 'off'),
    expected,
    fence('sh step="on" expect="match" undoes="off"', 'on'),
    expected,
    '## Verify recovered',
    fence('promql step="rate" expect="match" within="90s" control="differ"', 'up'),
    expected,
    '## Rehearse',
    fence('sh', 'npm run drill'),
  ].join('\n');
  const { page: read, problems } = parsePage(text, 'runbooks/x.md');
  assert.deepEqual(problems, []);
  assert.deepEqual(read.head, { incident: 'x', alerts: ['A'], severity: 'warning', drills: ['d'] });
  assert.deepEqual(
    read.steps.map(({ name, section, differs, within, undoes }) => [name, section, differs, within, undoes]),
    [
      ['one', 'Confirm', true, 0, null],
      ['off', 'Mitigate', false, 0, null],
      ['on', 'Mitigate', false, 0, 'off'],
      ['rate', 'Verify recovered', true, 90, null],
    ],
  );
  assert.equal(read.steps[0]?.script, 'curl x\n  | jq .');
  assert.deepEqual(read.steps[0]?.expected, ['ok', '  /\\d+/ done']);
});

test('a step under Confirm need not differ when it says so', () => {
  const text = page(fence('sh step="one" expect="match" control="any"', 'true'), expected);
  assert.equal(parsePage(text, 'x').page.steps[0]?.differs, false);
});

test('reads steps that stand in a list', () => {
  const text = page(
    '1. Do this:\n',
    '   ```sh step="one" expect="match"\n   a\n     b\n   ```\n\n   ```text expected\n   ok\n   ```\n',
  );
  const { page: read, problems } = parsePage(text, 'x');
  assert.deepEqual(problems, []);
  assert.equal(read.steps[0]?.script, 'a\n  b');
});

const wrong: readonly (readonly [string, string, RegExp])[] = [
  ['no front matter', `## Confirm\n${step}\n${expected}`, /x\.md:1: front matter .* is missing/],
  ['a page without steps', `${head}## Meaning\nNothing.`, /x\.md:1: the page has no step/],
  [
    'front matter without drills',
    page(step, expected).replace('drills: [d]\n', ''),
    /x\.md:1: front matter: drills must be a list/,
  ],
  [
    'a command without a name',
    page(fence('sh', 'true')),
    /x\.md:8: this sh block under "Confirm" has no name/,
  ],
  [
    'a query with attributes but no name',
    `${head}## Deep dive\n${fence('promql expect="match"', 'up')}${expected}`,
    /has no name/,
  ],
  [
    'a step without expect',
    page(fence('sh step="one"', 'true'), expected),
    /x\.md:8: step "one": expect="match" is missing/,
  ],
  ['a step without expected output', page(step), /x\.md:8: step "one" has no expectation/],
  ['a step followed by another block', page(step, fence('json', '{}')), /step "one" has no expectation/],
  ['an expectation in another section', page(step, '## Mitigate', expected), /step "one" has no expectation/],
  ['an empty expectation', page(step, fence('text expected', '')), /step "one" has no expectation/],
  ['an expectation that matches everything', page(step, fence('text expected', '…')), /matches everything/],
  [
    'an expectation with a broken pattern',
    page(step, fence('text expected', 'a /(/')),
    /no valid regular expression/,
  ],
  ['an empty step', page(fence('sh step="one" expect="match"', ''), expected), /step "one" is empty/],
  ['two steps of one name', page(step, expected, step, expected), /x\.md:16: two steps are named "one"/],
  [
    'an unknown attribute',
    page(fence('sh step="one" expect="match" retry="3"', 'a'), expected),
    /unknown attribute retry/,
  ],
  [
    'a step in another language',
    page(fence('python step="one"', 'a'), step, expected),
    /must be sh or promql, got python/,
  ],
  [
    'a wrong control',
    page(fence('sh step="one" expect="match" control="no"', 'a'), expected),
    /control must be "differ" or "any"/,
  ],
  [
    'a wrong time',
    page(fence('sh step="one" expect="match" within="2m"', 'a'), expected),
    /within must be 1s to 300s, got "2m"/,
  ],
  [
    'an undo of nothing',
    page(fence('sh step="one" expect="match" undoes="off"', 'a'), expected),
    /undoes "off", which is no step under Mitigate/,
  ],
  [
    'a fence that is never closed',
    page(step, expected, '```sh'),
    /x\.md:\d+: this fenced block is never closed/,
  ],
];

for (const [what, text, problem] of wrong) {
  test(`complains about ${what}, with file and line`, () => {
    const problems = problemsOf(text);
    assert.ok(
      problems.some((one) => problem.test(one)),
      JSON.stringify(problems),
    );
  });
}
