import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadDrill } from '../../../src/drill/format/load.js';
import { createProgress } from '../../../src/drill/progress.js';
import { runDrill } from '../../../src/drill/run.js';
import { useGivenTarget } from '../../../src/drill/target/given.js';
import { createFakeRoot } from '../../harness/drill/fake-root.js';
import { fakeDemoFile, fakeEnvironment } from '../../harness/drill/run-fake.js';

test('addresses and tokens of a running service come from the environment, with usual defaults', () => {
  const plain = useGivenTarget('http://staging.example:3000/', {});
  assert.deepEqual(plain.addresses, {
    app: 'http://staging.example:3000',
    faultline: 'http://staging.example:9464',
    chaos: 'http://staging.example:3000/chaos',
    pricing: null,
  });
  assert.deepEqual(plain.tokens, { admin: null, chaos: null, faultline: null });
  const full = useGivenTarget('http://a', {
    FAULTLINE_URL: 'http://b/',
    FAULTLINE_CHAOS_URL: 'http://c/x',
    PRICING_URL: 'http://d',
    ADMIN_TOKEN: '1',
    FAULTLINE_CHAOS_TOKEN: '2',
    FAULTLINE_TOKEN: '3',
  });
  assert.deepEqual(full.addresses, {
    app: 'http://a',
    faultline: 'http://b',
    chaos: 'http://c/x',
    pricing: 'http://d',
  });
  assert.deepEqual(full.tokens, { admin: '1', chaos: '2', faultline: '3' });
});

test('an empty target and a variable that is no address are refused', () => {
  assert.throws(() => useGivenTarget('', {}), /--target must be an http:\/\/ or https:\/\/ address, got ""/);
  assert.throws(
    () => useGivenTarget('http://a', { FAULTLINE_URL: 'b:1' }),
    /FAULTLINE_URL must be .*got "b:1"/,
  );
});

/** Drills a service that runs already, with the tokens that the environment gives. */
async function drillRunning(t: TestContext, tokens: Readonly<Record<string, string>>) {
  const root = createFakeRoot(t);
  const environment = fakeEnvironment(root, {});
  const service = fork(fakeDemoFile, { env: environment, execArgv: [] });
  t.after(async () => {
    const ended = once(service, 'exit');
    service.send({ type: 'stop' });
    await ended;
  });
  const [ready] = await once(service, 'message');
  const { app, faultline, pricing } = Object(ready).addresses;
  const result = await runDrill(await loadDrill(join(root.path, 'drills'), 'broken', root.path), {
    root: root.path,
    seed: 1,
    targetUrl: app,
    demoEntry: 'never started',
    prometheus: false,
    journals: join(root.path, 'journals'),
    environment: { ...environment, FAULTLINE_URL: faultline, PRICING_URL: pricing, ...tokens },
    progress: createProgress(() => {}),
    signal: new AbortController().signal,
  });
  return { root, app, failures: result.failures };
}

test('a running service is drilled, and is still there afterwards', async (t) => {
  const { app, failures } = await drillRunning(t, { FAULTLINE_CHAOS_TOKEN: 'chaos-secret' });
  assert.deepEqual(failures, []);
  assert.equal((await fetch(`${app}/items`)).status, 200);
});

test('without a token for its controls, a running service is left alone', async (t) => {
  const { root, failures } = await drillRunning(t, {});
  assert.match(
    failures[0] ?? '',
    /the target has no token for its chaos controls, so fake-fault cannot be injected/,
  );
  assert.doesNotMatch(root.read('demo.log'), /fault started/);
});
