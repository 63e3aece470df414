import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { EndedLease } from '../../src/index.js';
import { serveControls } from '../harness/controls.js';
import { createCountingFault } from '../harness/counting-fault.js';
import { eventually } from '../harness/wait.js';

const run = promisify(execFile);
const serviceFile = fileURLToPath(new URL('../harness/blocked-service.js', import.meta.url));
const exitFile = fileURLToPath(new URL('../harness/exiting-service.js', import.meta.url));
const readLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));

test('the lease expires while the loop is blocked, and the fault is stopped as soon as the loop runs', async () => {
  const { stdout } = await run(process.execPath, [serviceFile], { timeout: 30_000 });
  const [blocked, stopped, ended] = readLines(stdout);
  assert.equal(blocked?.expired, true);
  assert.equal(blocked?.stoppedDuringBlock, false, 'the main thread could not run stop() itself');
  assert.ok(
    Number(blocked?.blockedMs) > 300 && Number(blocked?.blockedMs) < 10_000,
    `${blocked?.blockedMs} ms`,
  );
  assert.deepEqual(stopped, { stopped: true });
  assert.deepEqual(ended, { ending: 'expired' });
});

for (const way of ['exit', 'throw', 'close'] as const) {
  test(`the fault is undone when the process ends by ${way}, and nothing keeps the process alive`, async () => {
    const { stdout } = await run(process.execPath, [exitFile, way], { timeout: 30_000 }).catch(
      (error: { stdout: string; code: number }) => {
        assert.equal(way, 'throw', 'only the thrown error may end with another code than 0');
        return error;
      },
    );
    assert.deepEqual(readLines(stdout), [{ started: true }, { stopped: true }]);
  });
}

test('an expired lease is listed with its ending, and the revert is verified by the signal', async (t) => {
  const { fault, context } = createCountingFault();
  const { call } = await serveControls(t, { faults: [fault], context });
  context.hits = 7;
  await call('POST', '/faults/counting', { ttlMs: 200 });
  const ask = async () => ((await call('GET', '/leases')).body.ended as EndedLease[])[0] ?? null;
  const ended = await eventually('the lease has ended', ask);
  assert.equal(ended.ending, 'expired');
  assert.equal(context.stops, 1);
  assert.equal(context.lease?.expired(), true);
  assert.equal(ended.revert.verified, null, 'too early to tell');
  const settled = await eventually('the revert has been judged', async () => {
    const lease = await ask();
    return lease?.revert.verified == null ? null : lease;
  });
  assert.deepEqual(settled.revert, { verified: true, hitsAtEnd: 7, hitsSince: 0, error: null });
  context.hits = 9;
  assert.deepEqual((await ask())?.revert, { verified: false, hitsAtEnd: 7, hitsSince: 2, error: null });
});

test('a renewed lease outlives its first deadline, and an expired one cannot be renewed', async (t) => {
  const { fault, context } = createCountingFault();
  const { call } = await serveControls(t, { faults: [fault], context });
  const { body: lease } = await call('POST', '/faults/counting', { ttlMs: 3000 });
  const startedAt = performance.now();
  assert.equal((await call('POST', `/leases/${lease.id}/renew`, { ttlMs: 5000 })).status, 200);
  await eventually('the lease has expired', async () => (context.stops > 0 ? true : null));
  assert.ok(performance.now() - startedAt > 4000);
  const late = await call('POST', `/leases/${lease.id}/renew`, {});
  assert.equal(late.status, 409);
  assert.match(String(late.body.detail), /is over \(expired\)/);
});

test('running faults are published for the agent, and each start and end is logged', async (t) => {
  const key = Symbol.for('faultline.chaos.activeFaults');
  const lines: string[] = [];
  const logger = {
    info: (fields: Readonly<Record<string, unknown>>, message: string) => {
      lines.push(`${message}: ${fields.fault} ${fields.ending ?? fields.ttlMs}`);
    },
    warn() {},
  };
  const { fault, context } = createCountingFault();
  const { call } = await serveControls(t, { faults: [fault], context, logger });
  const before = Date.now();
  await call('POST', '/faults/counting', { ttlMs: 30_000 });
  const active: unknown = Reflect.get(globalThis, key);
  assert.ok(active instanceof Map);
  assert.deepEqual([...active.keys()], ['counting']);
  assert.ok(active.get('counting') >= before && active.get('counting') <= Date.now());
  await call('DELETE', '/leases');
  assert.equal(Reflect.get(globalThis, key), undefined);
  assert.deepEqual(lines, ['chaos fault started: counting 30000', 'chaos fault ended: counting stopped']);
});

test('a fault that cannot be stopped is said to be still there', async (t) => {
  const { fault, context } = createCountingFault();
  const stuck = {
    ...fault,
    start: (...given: Parameters<typeof fault.start>) => ({
      ...fault.start(...given),
      stop(): never {
        throw new Error('twin is gone');
      },
    }),
  };
  const { call } = await serveControls(t, { faults: [stuck], context });
  await call('POST', '/faults/counting');
  const { body } = await call('DELETE', '/leases');
  const [ended] = body.ended as EndedLease[];
  assert.deepEqual(ended?.revert, { verified: false, hitsAtEnd: 0, hitsSince: 0, error: 'twin is gone' });
});
