import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import type { HeapProfile, HeapProfileNode } from '../../src/protocol/heap-profile.js';
import { startChild } from '../harness/child.js';
import { faultline } from '../harness/command-line.js';
import { call } from '../harness/http.js';

/** Works in `busyPart`, and keeps what `keepsTexts` makes. The first work is over before anybody can ask. */
const service = `
import { createServer } from 'node:http';
const kept = [];
function busyPart(ms) { const end = performance.now() + ms; let sum = 0; while (performance.now() < end) sum += Math.sqrt(sum + 1); return sum; }
function keepsTexts() { for (let index = 0; index < 10; index += 1) kept.push('text ' + Math.random() + 'x'.repeat(20_000).split('').join('-')); if (kept.length > 1_000) kept.splice(0, 10); }
setInterval(() => { busyPart(30); keepsTexts(); }, 60);
process.stdout.write('ready\\n');
`;

interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string } }[];
  readonly samples: readonly number[];
}

test('the command line writes both profiles, which name the function that works and the one that keeps', async (t) => {
  const child = startChild(t, { program: service });
  const url = await child.url();
  const cpu = await faultline(child, ['profile', 'cpu', '--seconds', '2']);
  assert.equal(cpu.code, 0, `${cpu.stderr}${child.stderr()}`);
  assert.match(cpu.stderr, /recording for 2 s/);
  const file = cpu.stdout.trim();
  assert.match(file, /\d+-\d{14}\.cpuprofile$/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
  const busy = profile.samples.filter((id) => names.get(id) === 'busyPart').length;
  assert.ok(busy > 0, `${profile.samples.length} samples, none in busyPart`);

  const heap = await faultline(child, ['profile', 'heap', String(child.pid), '--seconds', '3', '--json']);
  assert.equal(heap.code, 0, `${heap.stderr}${child.stderr()}`);
  const answer = JSON.parse(heap.stdout) as { file: string; bytes: number; kind: string; seconds: number };
  assert.deepEqual([answer.kind, answer.seconds], ['heap', 3]);
  const text = readFileSync(answer.file, 'utf8');
  assert.equal(Buffer.byteLength(text), answer.bytes);
  assert.ok(functionsOf((JSON.parse(text) as HeapProfile).head).includes('keepsTexts'), text.slice(0, 2_000));
  // What is still open would make the next one fail.
  const all = await call(`${url}/profiles/heap?seconds=1&objects=all`, { method: 'POST' });
  assert.equal(all.status, 200, all.body.slice(0, 500));
  const { body } = await call(`${url}/metrics`);
  assert.match(body, /^faultline_eventloop_blocked_seconds_total\{[^}]*cause="profile"[^}]*\} /m);
});

const functionsOf = ({ callFrame, children }: HeapProfileNode): readonly string[] => [
  callFrame.functionName,
  ...children.flatMap(functionsOf),
];

test('one at a time, and what is asked wrongly is refused with what to do', async (t) => {
  const child = startChild(t, { program: service });
  const url = await child.url();
  const post = (path: string) => call(`${url}/profiles/${path}`, { method: 'POST' });
  const both = await Promise.all([post('cpu?seconds=2'), post('heap?seconds=2')]);
  assert.deepEqual(
    both.map(({ status }) => status).sort(),
    [200, 409],
    both.map(({ body }) => body.slice(0, 300)).join(),
  );
  assert.match(both.find(({ status }) => status === 409)!.body, /Another profile is being taken/);

  const wrong = await post('cpu?seconds=600');
  assert.equal(wrong.status, 422);
  assert.match(wrong.body, /seconds must be a number from 1 to 60; got \\"600\\"/);
  assert.match((await post('heap?objects=dead')).body, /objects must be live or all/);
  const typed = await faultline(child, ['profile', 'memory']);
  assert.deepEqual(
    [typed.code, typed.stderr],
    [2, 'faultline: profile wants cpu or heap; got "memory". See faultline --help.\n'],
  );

  assert.deepEqual(
    readdirSync(child.directory).filter((name) => name.endsWith('profile')),
    [],
  );
});

for (const [how, ending, code] of [
  ['by itself', '', 0],
  ['by process.exit()', 'process.exit(7);', 7],
] as const) {
  test(`a process that ends ${how} while it is profiled ends as without, and prints nothing`, async (t) => {
    const child = startChild(t, {
      program: `const stays = setInterval(() => {}, 1_000);
        process.once('SIGUSR2', () => {
          clearInterval(stays);
          setTimeout(() => { ${ending} }, 1_500);
        });`,
      env: { FAULTLINE_LOG: 'silent' },
    });
    const url = await child.url();
    const beganMs = performance.now();
    const profile = call(`${url}/profiles/cpu?seconds=60`, { method: 'POST' }).catch(() => null);
    child.kill('SIGUSR2');
    const exit = await child.exit;
    assert.deepEqual([exit.code, exit.stderr], [code, '']);
    assert.ok(performance.now() - beganMs < 40_000, 'it did not wait for the profile');
    await profile;
    assert.ok(existsSync(child.directory));
  });
}
