import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkRunbooks } from '../../../src/drill/runbook/check.js';
import { isOnPath, programsOf } from '../../../src/drill/runbook/commands.js';
import { metricsOf } from '../../../src/drill/runbook/metrics.js';
import { requiredSections } from '../../../src/drill/runbook/page.js';
import { createFakeRoot, type FakeRoot } from '../../harness/drill/fake-root.js';

const file = 'runbooks/event-loop-stall.md';
const step = `\`\`\`promql step="p" expect="match"
max by (cause) (rate(faultline_eventloop_blocked_seconds_total{job="x"}[1m])) > 0.02
\`\`\`

\`\`\`text expected
{cause="javascript"} /0\\.\\d+/
\`\`\`
`;
const soundPage = `---
incident: event-loop-stall
alerts: [NodejsEventLoopBlocked]
severity: warning
drills: [broken]
---

# Stall

${requiredSections.map((title) => `## ${title}\n\n${title === 'Confirm' ? step : 'Words, and [the source](../src/report.ts).'}\n`).join('\n')}`;

function rootWith(t: Parameters<typeof createFakeRoot>[0], page: string): FakeRoot {
  const root = createFakeRoot(t);
  root.write(file, page);
  root.write('chaos/drills/broken.yaml', 'title: x');
  return root;
}

test('has nothing to say about a sound page', (t) => {
  assert.deepEqual(checkRunbooks(rootWith(t, soundPage).path), {
    pages: ['event-loop-stall.md'],
    problems: [],
  });
});

const mutations: readonly (readonly [string, (page: string) => string, RegExp])[] = [
  [
    'a section is missing',
    (page) => page.replace('## Escalate', '## Other'),
    /:1: the section "Escalate" is missing/,
  ],
  [
    'sections stand in another order',
    (page) =>
      page
        .replace('## Impact', '## TEMP')
        .replace('## Meaning', '## Impact')
        .replace('## TEMP', '## Meaning'),
    /the section "Impact" stands too early/,
  ],
  [
    'a link leads nowhere',
    (page) => page.replace('../src/report.ts', '../src/gone.ts'),
    /:\d+: the link \.\.\/src\/gone\.ts leads nowhere/,
  ],
  [
    'a link leads to a heading that is not there',
    (page) => page.replace('../src/report.ts', '#gone'),
    /event-loop-stall\.md has no #gone/,
  ],
  [
    'a metric is not in the catalog',
    (page) => page.replace('faultline_eventloop_blocked_seconds_total', 'nodejs_made_up_total'),
    /:\d+: the metric nodejs_made_up_total is not in the catalog/,
  ],
  ['a drill does not exist', (page) => page.replace('[broken]', '[nope]'), /there is no drill nope/],
  [
    'its incident is not in the catalog',
    (page) => page.replace('incident: event', 'incident: other'),
    /the incident other-loop-stall is not in the catalog/,
  ],
  [
    'its alert is not named',
    (page) => page.replace('[NodejsEventLoopBlocked]', '[Other]'),
    /the alert NodejsEventLoopBlocked is missing/,
  ],
  [
    'a command does not exist',
    (page) => page.replace('promql step', 'sh step').replace('max by', 'no-such-command by'),
    /the command no-such-command is not on PATH/,
  ],
];

for (const [what, mutate, problem] of mutations) {
  test(`complains when ${what}`, (t) => {
    const { problems } = checkRunbooks(rootWith(t, mutate(soundPage)).path);
    assert.ok(
      problems.some((one) => problem.test(one)),
      JSON.stringify(problems),
    );
  });
}

test('metrics of recording rules are known', (t) => {
  const root = rootWith(
    t,
    soundPage.replace('faultline_eventloop_blocked_seconds_total', 'instance:nodejs_x'),
  );
  assert.equal(checkRunbooks(root.path).problems.length, 1);
  root.write(
    'dashboards/out/prometheus/rules.yaml',
    'groups:\n  - rules:\n      - record: instance:nodejs_x\n',
  );
  assert.deepEqual(checkRunbooks(root.path).problems, []);
});

test('an empty folder is a problem, not a success', (t) => {
  const root = createFakeRoot(t);
  assert.deepEqual(checkRunbooks(`${root.path}/src`).problems, ['runbooks: there is no page to check']);
});

const scripts: readonly (readonly [string, string, readonly string[]])[] = [
  ['a pipeline', 'curl -fsS "$URL" | jq .', ['curl', 'jq']],
  ['lists and conditions', 'if grep -q a b; then sed s/a/b/ c && awk 1; fi', ['grep', 'sed', 'awk']],
  ['variables in front', 'A=1 B="c d" npx x', ['npx']],
  ['continued lines', 'curl a \\\n  -H "B: c"', ['curl']],
  ['a command inside quotes', 'echo "$(date +%s)"', ['date']],
  ['assignments with a command', 'now=$(date +%s)\necho $now', ['date']],
  ['comments and builtins', '# rm everything\ncd x; export A=1; test -f y', []],
  ['a here-document', 'cat <<EOF\nrm -rf x\nEOF\nwc', ['cat', 'wc']],
  ['a semicolon in quotes', "node -p 'a; b' | tail", ['node', 'tail']],
];
for (const [what, script, names] of scripts) {
  test(`finds the programs of ${what}`, () => assert.deepEqual(programsOf(script), names));
}

test('finds programs along PATH and by path', () => {
  assert.equal(isOnPath('sh', '/nowhere:/bin'), true);
  assert.equal(isOnPath('sh', '/nowhere'), false);
  assert.equal(isOnPath(process.execPath, ''), true);
  assert.equal(isOnPath('/bin', '/'), false, 'a folder is no program');
});

const queries: readonly (readonly [string, readonly string[]])[] = [
  ['up', ['up']],
  [
    'sum by (route) (rate(http_requests_total{code="500"}[5m])) / on (job) group_left (x) b_total',
    ['http_requests_total', 'b_total'],
  ],
  ['histogram_quantile(0.99, sum without (le) (a_bucket))', ['a_bucket']],
  ['instance:x_ratio > 0.5 and b offset 5m', ['instance:x_ratio', 'b']],
  ['a # comment\n or vector(1)', ['a']],
];
for (const [query, names] of queries) {
  test(`finds the metrics of ${JSON.stringify(query)}`, () => assert.deepEqual(metricsOf(query), names));
}
