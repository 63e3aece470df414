import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createFakeRoot, fakeDrill, fakePage } from '../harness/drill/fake-root.js';
import { runFakeDrill } from '../harness/drill/run-fake.js';

/** For what will not come, there is no use in waiting long. */
const impatientDrill = fakeDrill.replace('withinSeconds: 20', 'withinSeconds: 2');

const hasFailure = (failures: readonly string[], pattern: RegExp) =>
  assert.ok(
    failures.some((failure) => pattern.test(failure)),
    `${pattern} in ${JSON.stringify(failures)}`,
  );

describe('a drill', { concurrency: 4 }, () => {
  test('passes when the fault is found, mitigated as the page says, and gone afterwards', async (t) => {
    const root = createFakeRoot(t);
    const result = await runFakeDrill(root);
    assert.deepEqual(result.failures, []);
    assert.equal(result.passed, true);
    assert.equal(result.status, 'completed');
    assert.equal(result.seed, 7);
    assert.deepEqual(result.fault, { id: 'fake-fault', parameters: { size: 3 } });
    assert.equal(result.incident?.status, 'resolved');
    assert.ok((result.timings.faultToIncidentMs ?? -1) >= 0);
    assert.ok((result.timings.mitigationToRecoveryMs ?? -1) >= 0);
    assert.deepEqual(result.alerts, { skipped: '--no-prometheus was given' });
    assert.deepEqual(result.runbook, {
      page: 'runbooks/event-loop-stall.md',
      steps: [
        { name: 'open-incident', passed: true },
        { name: 'blocked', skipped: '--no-prometheus was given' },
        { name: 'switch-off', passed: true },
        { name: 'closed', passed: true },
        { name: 'switch-on', passed: true },
      ],
      control: [
        { name: 'open-incident', passed: false },
        { name: 'blocked', skipped: '--no-prometheus was given' },
      ],
    });
    const log = root.read('demo.log').trim().split('\n').slice(1);
    assert.deepEqual(log, [
      'fault started with size 3',
      'switch-off',
      'fault stopped',
      'switch-on',
      'switch-on',
      'stopped',
    ]);
  });

  test('starts the demo with the parts behind the proxy that it names', async (t) => {
    const root = createFakeRoot(t);
    root.write(
      'drills/broken.yaml',
      fakeDrill.replace('    ttl: 30', '    ttl: 30\n    behindProxy: [pricing]'),
    );
    const result = await runFakeDrill(root);
    assert.deepEqual(result.failures, []);
    assert.equal(root.read('demo.log').split('\n')[1], 'pricing stands behind the proxy');
  });

  test('starts the demo with the heap and in the container that it names', async (t) => {
    const root = createFakeRoot(t);
    const sizes = '    ttl: 30\n    heapMb: 400\n    containerMb: 500';
    root.write('drills/broken.yaml', fakeDrill.replace('    ttl: 30', sizes));
    const result = await runFakeDrill(root);
    assert.deepEqual(result.failures, []);
    assert.deepEqual(root.read('demo.log').split('\n').slice(1, 3), [
      'a heap of 400 MB',
      'a container of 500 MB',
    ]);
  });

  test('fails when no incident opens, and still takes the fault back and runs the rollbacks', async (t) => {
    const root = createFakeRoot(t);
    root.write('drills/broken.yaml', impatientDrill);
    const result = await runFakeDrill(root, { noIncident: true });
    assert.equal(result.passed, false);
    hasFailure(
      result.failures,
      /incident event-loop-stall opens: not within 2\.0 s; seen instead: no incident at all/,
    );
    assert.match(root.read('demo.log'), /fault stopped\nswitch-on/);
  });

  test('fails when the incident has another cause', async (t) => {
    const root = createFakeRoot(t);
    root.write('drills/broken.yaml', impatientDrill);
    const result = await runFakeDrill(root, { cause: 'gc' });
    assert.equal(result.passed, false);
    hasFailure(result.failures, /cause should be javascript, got gc/);
  });

  test('fails when the incident blames a line outside the function', async (t) => {
    const root = createFakeRoot(t);
    root.write('drills/broken.yaml', impatientDrill);
    const result = await runFakeDrill(root, { line: 5 });
    hasFailure(result.failures, /buildReport stands in lines 1 to 3/);
    hasFailure(result.failures, /its line reads "export function other\(\) \{\}" and should match/);
  });

  test('passes with a second incident that belongs to the expected one', async (t) => {
    const root = createFakeRoot(t);
    root.write(
      'drills/broken.yaml',
      fakeDrill.replace('    ttl: 30', '    ttl: 30\n    besides: [event-loop-stall]'),
    );
    const result = await runFakeDrill(root, { unexpected: true });
    assert.deepEqual(result.failures, []);
    assert.equal(result.unexpectedIncidents.length, 0);
  });

  test('fails when a second incident opens', async (t) => {
    const result = await runFakeDrill(createFakeRoot(t), { unexpected: true });
    assert.equal(result.passed, false);
    hasFailure(result.failures, /unexpected incident event-loop-stall.*Something else entirely/);
    assert.equal(result.unexpectedIncidents.length, 1);
  });

  test('does not inject anything when an incident is open already', async (t) => {
    const root = createFakeRoot(t);
    const result = await runFakeDrill(root, { openFromStart: true });
    assert.equal(result.passed, false);
    assert.doesNotMatch(root.read('demo.log'), /fault started/);
  });

  test('fails when a confirming step passes on the healthy service as well', async (t) => {
    const root = createFakeRoot(t);
    root.write('runbooks/event-loop-stall.md', fakePage.replace('/[1-9]/ open', '/[0-9]/ open'));
    const result = await runFakeDrill(root);
    hasFailure(result.failures, /"open-incident" \(.*\.md:14\) passes on the healthy service too/);
  });

  test('fails when the mitigation does not work, and says what the step printed', async (t) => {
    const root = createFakeRoot(t);
    const result = await runFakeDrill(root, { mitigationFails: true });
    hasFailure(
      result.failures,
      /step "switch-off".*this line is missing.*\{"enabled":false\}.*it printed: .*true/,
    );
    assert.match(root.read('demo.log'), /fault stopped/);
  });

  test('fails when a rollback is refused', async (t) => {
    const root = createFakeRoot(t);
    root.write('drills/broken.yaml', fakeDrill.replace('/switch-on', '/nowhere'));
    const result = await runFakeDrill(root);
    hasFailure(result.failures, /rollback "rolled back" failed: HTTP status 404/);
  });

  test('is aborted when something outside the blast radius breaks, and takes the fault back', async (t) => {
    const root = createFakeRoot(t);
    root.write('drills/broken.yaml', fakeDrill.replace('withinSeconds: 20', 'withinSeconds: 90'));
    const result = await runFakeDrill(root, { pricingFails: true, noIncident: true });
    assert.equal(result.status, 'aborted');
    hasFailure(result.failures, /outside the blast radius, "pricing answers" failed: 500 is not 200/);
    assert.match(root.read('demo.log'), /fault stopped\nswitch-on\nstopped\n$/);
  });

  test('is aborted when the safety lever is pulled', async (t) => {
    const root = createFakeRoot(t);
    const lever = join(root.path, 'lever');
    writeFileSync(lever, '');
    const result = await runFakeDrill(root, {}, { FAULTLINE_SAFETY_LEVER: lever });
    assert.equal(result.status, 'aborted');
    hasFailure(result.failures, /the safety lever .* was pulled/);
    assert.doesNotMatch(root.read('demo.log'), /fault started/);
  });

  test('is aborted when the demo dies, and says so', async (t) => {
    const result = await runFakeDrill(createFakeRoot(t), { diesAfterMs: 1500 });
    assert.equal(result.status, 'aborted');
    hasFailure(result.failures, /the target is lost: the demo ended with exit code 3/);
  });

  test('fails when the demo cannot start, with its own words', async (t) => {
    const result = await runFakeDrill(createFakeRoot(t), { startFails: true });
    assert.equal(result.status, 'failed');
    hasFailure(result.failures, /the fake has no database/);
  });

  test('starts nothing when a probe would pass without data', async (t) => {
    const root = createFakeRoot(t);
    root.write('drills/broken.yaml', fakeDrill.replace('expect: 1, target: body', 'count: 0'));
    const result = await runFakeDrill(root);
    hasFailure(result.failures, /"items are listed" would pass on an empty answer, so it proves nothing/);
    assert.deepEqual(root.list('.').includes('demo.log'), false);
  });

  test('starts nothing when its page cannot be executed', async (t) => {
    const root = createFakeRoot(t);
    root.write(
      'runbooks/event-loop-stall.md',
      fakePage.replace('curl -fsS "$APP_URL/switch-off"', 'no-such-tool'),
    );
    const result = await runFakeDrill(root);
    hasFailure(
      result.failures,
      /event-loop-stall\.md:\d+: step "switch-off": the command no-such-tool is not on PATH/,
    );
  });

  test('fails when Prometheus is needed and left out', async (t) => {
    const result = await runFakeDrill(createFakeRoot(t), {}, { FAULTLINE_REQUIRE_PROMETHEUS: '1' });
    hasFailure(result.failures, /FAULTLINE_REQUIRE_PROMETHEUS=1, but --no-prometheus was given/);
  });
});
