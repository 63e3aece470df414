import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nameClasses } from '../../src/heap/classes.js';
import { parseHeapSnapshot } from '../../src/heap/parse.js';
import { findPaths, pathTo } from '../../src/heap/paths.js';
import type { IncidentList } from '../../src/protocol/incident.js';
import { agentLines, type Child, startChild, withAgent } from '../harness/child.js';
import { call, getJson, sumOf } from '../harness/http.js';
import { followSnapshot, snapshotFiles } from '../harness/snapshots.js';
import { until } from '../harness/wait.js';

const megabyte = 1_048_576;
/** A service that answers, and holds `HOLD_MB` of texts of 16 kB each and three objects that a test can look for. */
const service = `
import { createServer } from 'node:http';
class KnownHolder { constructor(number) { this.number = number; } }
const knownShelf = new Map([1, 2, 3].map((number) => ['key' + number, new KnownHolder(number)]));
const texts = [];
const wanted = Number(process.env.HOLD_MB) * 64;
for (let index = 0; index < wanted; index += 1) texts.push(Buffer.alloc(16_384, 'text ' + index).toString('latin1'));
const server = createServer((request, response) => response.end(String(knownShelf.size + texts.length)));
server.listen(0, '127.0.0.1', () => console.log('serving http://127.0.0.1:' + server.address().port));
`;
/** Many small objects: to write them takes long enough to do something meanwhile. They are made piece by piece, so
 *  that the snapshot is the only thing that stops the loop. */
const manyObjects = `
globalThis.kept = [];
const more = () => {
  for (let index = 0; index < 4_000; index += 1) kept.push({ index, inner: { index } });
  if (kept.length < 300_000) setImmediate(more);
  else console.log('ready');
};
setImmediate(more);
setInterval(() => {}, 1_000);
process.on('SIGUSR2', () => process.exit(7));
`;
const silent = { FAULTLINE_LOG: 'silent' };

/** The address of an agent that knows how large the heap is: before its first second nothing is taken. */
async function measuredUrl(child: Child): Promise<string> {
  const url = await child.url();
  await until('the agent knows the heap', async () =>
    (await call(`${url}/metrics`)).body.includes('\nnodejs_heap_size_used_bytes '),
  );
  return url;
}

test('a snapshot of a heap of 200 MB is written and loads', async (t) => {
  const child = startChild(t, { program: service, env: { HOLD_MB: '200' } });
  const url = await measuredUrl(child);
  const address = await child.printed(/serving (\S+)/);
  const { status, headers, body } = await call(`${url}/snapshots/heap`, { method: 'POST' });
  assert.equal(status, 200, body.slice(0, 1_000));
  const [name = '', ...more] = snapshotFiles(child.faultlineDirectory);
  assert.deepEqual(more, []);
  assert.equal(headers['content-disposition'], `attachment; filename="${name}"`);
  const file = join(child.faultlineDirectory, 'snapshots', name);
  const { mode, size } = statSync(file);
  assert.equal(mode & 0o777, 0o600);
  assert.equal(size, Buffer.byteLength(body));

  const graph = parseHeapSnapshot(file);
  t.after(() => graph.close());
  const classes = nameClasses(graph);
  const held = [...classes.of.keys()].filter((node) => classes.names[classes.of[node]!] === 'KnownHolder');
  // Beside the three objects, V8 keeps the shape of the class under its name.
  const paths = findPaths(graph);
  const ways = held.map((node) =>
    pathTo(graph, classes, paths, node).map(({ via, className }) => via + className),
  );
  const shelved = ways.filter((way) => way.includes('(variable knownShelf)Map'));
  assert.equal(shelved.length, 3, JSON.stringify(ways));
  assert.ok(graph.nodes.size.reduce((sum, bytes) => sum + bytes, 0) > 190 * megabyte);

  assert.equal((await call(address)).body, String(3 + 200 * 64));
});

test('a snapshot of a heap of 1 GB in a process with 1.2 GB is refused with the numbers', async (t) => {
  const flags = ['--max-old-space-size=1200', ...withAgent];
  const child = startChild(t, { program: service, flags, env: { HOLD_MB: '1024' } });
  const url = await measuredUrl(child);
  const address = await child.printed(/serving (\S+)/);
  const refused = await until('the heap is known', async () => {
    const answer = await call(`${url}/snapshots/heap`, { method: 'POST' });
    return answer.status === 503 ? null : answer;
  });
  assert.equal(refused.status, 409);
  assert.equal(refused.headers['content-type'], 'application/problem+json');
  assert.match(refused.body, /The heap holds 1,0\d\d MB of the 1,[23]\d\d MB that V8 allows/);
  assert.deepEqual(snapshotFiles(child.faultlineDirectory), []);
  assert.equal((await call(address)).body, String(3 + 1024 * 64));
});

test('a disk that takes no more leaves no file, and the service serves', async (t) => {
  // The limit of a file's size stands in for a full disk: both end the write in the middle.
  const wrap = ['sh', '-c', 'ulimit -f 1000; exec "$@"', 'sh'];
  const child = startChild(t, { program: service, env: { HOLD_MB: '10' }, wrap });
  const url = await measuredUrl(child);
  const address = await child.printed(/serving (\S+)/);
  for (const round of [1, 2]) {
    const { status, body } = await call(`${url}/snapshots/heap`, { method: 'POST' });
    assert.equal(status, 507, `round ${round}: ${body}`);
    assert.match(body, /EFBIG/);
    assert.deepEqual(snapshotFiles(child.faultlineDirectory), []);
  }
  assert.equal((await call(address)).body, String(3 + 10 * 64));
});

test('there is one snapshot at a time', async (t) => {
  const child = startChild(t, { program: manyObjects });
  const url = await measuredUrl(child);
  await child.printed(/(ready)/);
  const first = followSnapshot(url);
  await first.said('writing');
  const second = await call(`${url}/snapshots/heap`, { method: 'POST' });
  assert.equal(second.status, 409, second.body);
  assert.match(second.body, /one at a time/);
  await first.said('done');
  assert.equal(snapshotFiles(child.faultlineDirectory).length, 1);
});

test('the pause is counted as what it is, and is no incident', async (t) => {
  const child = startChild(t, { program: manyObjects });
  const url = await measuredUrl(child);
  await child.printed(/(ready)/);
  const done = await followSnapshot(url).said('done');
  assert.ok(done.state === 'done' && done.pauseMs > 100, JSON.stringify(done));
  const blocked = await until('the pause is over', async () => {
    const { body } = await call(`${url}/metrics`);
    return sumOf(body, 'faultline_eventloop_blocked_seconds_total', 'cause="heap-snapshot"');
  });
  assert.ok(blocked > (0.5 * done.pauseMs) / 1_000 && blocked < (4 * done.pauseMs) / 1_000, `${blocked} s`);
  const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
  // A busy machine may starve the service meanwhile, and that is told.
  assert.deepEqual(
    incidents.filter(({ kind }) => kind !== 'cpu-starved'),
    [],
  );
});

test('a client that goes away in the middle leaves no file', async (t) => {
  const child = startChild(t, { program: manyObjects });
  const url = await measuredUrl(child);
  await child.printed(/(ready)/);
  const following = followSnapshot(url);
  await following.said('writing');
  following.request.destroy();
  await until('the agent gives up', () => /No heap snapshot: Nobody waited/.test(child.stderr()));
  assert.deepEqual(snapshotFiles(child.faultlineDirectory), []);
  await until('the loop turns', async () => (await call(`${url}/healthz`)).status === 200);
});

test('a service that exits in the middle does so as without, and leaves nothing unfinished', async (t) => {
  const child = startChild(t, { program: manyObjects, env: silent });
  const url = await measuredUrl(child);
  await child.printed(/(ready)/);
  const following = followSnapshot(url);
  await following.said('writing');
  child.kill('SIGUSR2');
  assert.deepEqual(await child.exit, { code: 7, signal: null, stdout: 'ready\n', stderr: '' });
  const unfinished = snapshotFiles(child.faultlineDirectory).filter(
    (name) => !name.endsWith('.heapsnapshot'),
  );
  assert.deepEqual(unfinished, []);
});

test('what a killed process left unfinished is swept by the next one', async (t) => {
  const killed = startChild(t, { program: manyObjects });
  const url = await killed.url();
  await killed.printed(/(ready)/);
  await followSnapshot(url).said('writing');
  const folder = killed.faultlineDirectory;
  await until('the file is begun', () => snapshotFiles(folder).some((name) => name.endsWith('.part')));
  killed.kill('SIGKILL');
  await killed.exit;
  assert.equal(snapshotFiles(folder).filter((name) => name.endsWith('.part')).length, 1);
  startChild(t, { program: manyObjects, env: { FAULTLINE_DIR: folder } });
  await until('the file is swept', () => snapshotFiles(folder).length === 0);
});

test('SIGUSR2 asks for a snapshot where the setting says so', async (t) => {
  const program = "setInterval(() => {}, 1_000); setTimeout(() => console.log('ready'), 1_500);";
  const child = startChild(t, { program, env: { FAULTLINE_SNAPSHOT_SIGNAL: 'SIGUSR2' } });
  await child.url();
  await child.printed(/(ready)/);
  child.kill('SIGUSR2');
  const line = await until('the snapshot is written', () =>
    agentLines(child.stderr()).find(({ msg }) => /^Heap snapshot written/.test(String(msg))),
  );
  const [name = ''] = snapshotFiles(child.faultlineDirectory);
  assert.equal(line.file, join(child.faultlineDirectory, 'snapshots', name));
});

test('SIGUSR2 does what it does without the agent where the setting does not say so', async (t) => {
  const child = startChild(t, { program: 'setInterval(() => {}, 1_000);', env: silent });
  await child.url();
  child.kill('SIGUSR2');
  const { code, signal } = await child.exit;
  assert.deepEqual([code, signal], [null, 'SIGUSR2']);
});

test('only who may read evidence may ask for a snapshot', async (t) => {
  const token = 'a-token-of-some-length';
  const program = 'setInterval(() => {}, 1_000);';
  const withToken = await startChild(t, { program, env: { FAULTLINE_TOKEN: token } }).url();
  const without = await startChild(t, { program }).url();
  const ask = async (url: string, headers: Record<string, string>): Promise<number> =>
    (await call(`${url}/snapshots/heap`, { method: 'POST', headers })).status;
  assert.equal(await ask(withToken, {}), 401);
  assert.equal(await ask(withToken, { authorization: 'Bearer another-token-of-some-length' }), 401);
  assert.equal(await ask(without, { host: 'evil.example' }), 403);
  assert.equal(await ask(without, { origin: 'https://evil.example' }), 403);
  assert.equal((await call(`${without}/snapshots/heap`)).status, 405);
});
