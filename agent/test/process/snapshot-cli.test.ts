import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startChild } from '../harness/child.js';
import { faultline } from '../harness/command-line.js';
import { snapshotFiles } from '../harness/snapshots.js';

/** Keeps a session more each time that it is signalled, 5,000 of them. */
const leaking = `
class LeakedSession { constructor(number) { this.token = 'token ' + number; } }
const leakedSessions = new Map();
process.on('SIGUSR2', () => {
  for (let index = 0; index < 5_000; index += 1) leakedSessions.set(leakedSessions.size, new LeakedSession(index));
  console.log('grown');
});
setInterval(() => {}, 1_000);
setTimeout(() => console.log('ready'), 1_500);
`;

test('two snapshots of a leak name what grew and what keeps it', async (t) => {
  const child = startChild(t, { program: leaking, env: { OTEL_SERVICE_NAME: 'shop' } });
  await child.url();
  await child.printed(/(ready)/);
  const before = await faultline(child, ['snapshot', String(child.pid)]);
  assert.equal(before.code, 0, before.stderr);
  assert.match(before.stderr, /waiting for the main thread/);
  const path = before.stdout.trim();
  assert.ok(existsSync(path) && path.startsWith(join(child.faultlineDirectory, 'snapshots')));
  child.kill('SIGUSR2');
  await child.printed(/(grown)/);
  const after = await faultline(child, ['snapshot', 'shop', '--json']);
  const taken = JSON.parse(after.stdout) as { file: string; bytes: number; objects: number; pauseMs: number };
  assert.ok(taken.bytes > 1_000_000 && taken.objects > 10_000 && taken.pauseMs > 0, after.stdout);

  const compared = await faultline(child, ['compare', path, taken.file]);
  assert.equal(compared.code, 0, compared.stderr);
  assert.match(compared.stdout, /^ +\+5,000 +\+[\d.]+ kB +\+[\d.]+ kB {2}LeakedSession$/m);
  assert.match(compared.stdout, /What keeps the 5,000 new LeakedSession/);
  assert.match(compared.stdout, /\(variable leakedSessions\) Map/);
  assert.match(compared.stderr, /reading before\nmeasuring before\nreading after/);

  const json = await faultline(child, ['compare', path, taken.file, '--json']);
  assert.equal((JSON.parse(json.stdout) as { largest: { name: string } }).largest.name, 'LeakedSession');
});

test('wrong words end with one clear line and exit code 2', async (t) => {
  const child = startChild(t, { program: 'setInterval(() => {}, 1_000);' });
  await child.url();
  const text = join(child.directory, 'text.heapsnapshot');
  writeFileSync(text, 'no snapshot');
  const cases: readonly (readonly [words: readonly string[], message: RegExp])[] = [
    [['compare'], /wants two .heapsnapshot files/],
    [['compare', text], /wants two .heapsnapshot files/],
    [['compare', text, text], /not a heap snapshot/],
    [['compare', text, join(child.directory, 'none')], /not a heap snapshot/],
    [['compare', join(child.directory, 'none'), text], /no such file/],
    [['snapshot', '1', '2'], /one pid or service at the most/],
    [['snapshot', 'another'], /No agent has the pid or service "another"/],
    [['snapshot', '1', '--url', 'http://127.0.0.1:1'], /both name an agent/],
  ];
  for (const [words, message] of cases) {
    const { code, stdout, stderr } = await faultline(child, words);
    assert.deepEqual([code, stdout], [2, ''], `${words.join(' ')}: ${stderr}`);
    assert.match(stderr.trim().split('\n').at(-1)!, message);
  }
});

test('a refusal shows its numbers and ends with exit code 1', async (t) => {
  const wrap = ['sh', '-c', 'ulimit -f 500; exec "$@"', 'sh'];
  const child = startChild(t, { program: leaking, wrap });
  await child.url();
  await child.printed(/(ready)/);
  const { code, stdout, stderr } = await faultline(child, ['snapshot']);
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /answered 507\. The snapshot could not be written: EFBIG/);
  assert.deepEqual(snapshotFiles(child.faultlineDirectory), []);
});
