import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import {
  discoveryFile,
  discoveryFolder,
  isAlive,
  removeDiscoveryFile,
  writeDiscoveryFile,
} from '../../../src/sidecar/discovery/discovery-file.js';
import { temporaryDirectory } from '../../harness/temporary-directory.js';

const discovery = {
  pid: process.pid,
  threadId: 0,
  service: 'shop',
  url: 'http://127.0.0.1:9464',
  startedAt: '2026-01-01T00:00:00.000Z',
};
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
/** The process of this id has ended, and its parent has taken note. */
const deadPid = (): number => spawnSync(process.execPath, ['--version']).pid;

function folderWith(t: TestContext, names: readonly string[]) {
  const directory = temporaryDirectory(t);
  const folder = discoveryFolder(directory);
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), '{}');
  return { directory, folder };
}

test('says where the agent listens, to its owner only', async (t) => {
  const directory = join(temporaryDirectory(t), 'faultline');
  const path = await writeDiscoveryFile(directory, discovery);
  assert.equal(path, join(directory, 'discovery', `${process.pid}.json`));
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), discovery);
  assert.deepEqual([path, directory, discoveryFolder(directory)].map(modeOf), ['600', '700', '700']);
});

test('replaces what an earlier process of the same id has left', async (t) => {
  const { directory, folder } = folderWith(t, [`${process.pid}.json`]);
  await writeDiscoveryFile(directory, discovery);
  assert.deepEqual(JSON.parse(readFileSync(join(folder, `${process.pid}.json`), 'utf8')), discovery);
});

test('does not write through a link', async (t) => {
  const { directory, folder } = folderWith(t, ['victim']);
  symlinkSync(join(folder, 'victim'), join(folder, `${process.pid}.json`));
  await writeDiscoveryFile(directory, discovery);
  assert.equal(readFileSync(join(folder, 'victim'), 'utf8'), '{}');
});

test('throws when the directory cannot be made', async (t) => {
  const directory = join(temporaryDirectory(t), 'file');
  writeFileSync(directory, '');
  await assert.rejects(writeDiscoveryFile(directory, discovery), { code: 'ENOTDIR' });
});

test('processes that come and go together do not take the folders from under each other', async (t) => {
  const directory = join(temporaryDirectory(t), 'faultline');
  const module = new URL('../../../src/sidecar/discovery/discovery-file.js', import.meta.url).href;
  // Each turn of two processes is a chance for one to find the other's folders empty.
  const program = `
    import { removeDiscoveryFile, writeDiscoveryFile } from ${JSON.stringify(module)};
    const discovery = ${JSON.stringify(discovery)};
    for (let turn = 0; turn < 1_500; turn += 1) {
      removeDiscoveryFile(await writeDiscoveryFile(${JSON.stringify(directory)}, { ...discovery, pid: process.pid }));
    }`;
  const run = promisify(execFile);
  const words = ['--input-type=module', '-e', program];
  await Promise.all([run(process.execPath, words), run(process.execPath, words)]);
  assert.equal(existsSync(directory), false);
});

describe('removes', () => {
  test('the folders with the last file', async (t) => {
    const directory = join(temporaryDirectory(t), 'faultline');
    const write = (pid: number) => writeDiscoveryFile(directory, { ...discovery, pid });
    const paths = [await write(process.pid), await write(process.ppid)];
    removeDiscoveryFile(paths[0]!);
    assert.deepEqual(readdirSync(discoveryFolder(directory)), [`${process.ppid}.json`]);
    removeDiscoveryFile(paths[1]!);
    assert.equal(existsSync(directory), false);
  });

  test('no folder that holds something else, and does not mind what is gone', async (t) => {
    const directory = join(temporaryDirectory(t), 'faultline');
    const path = await writeDiscoveryFile(directory, discovery);
    mkdirSync(join(directory, 'evidence'));
    removeDiscoveryFile(path);
    removeDiscoveryFile(path);
    assert.deepEqual(readdirSync(directory), ['evidence']);
  });
});

describe('sweeps', () => {
  test('files of processes that are gone, and no others', async (t) => {
    const dead = deadPid();
    const living = process.ppid;
    const names = [`${living}.json`, `${living}-3.json`, 'notes.txt', 'x.json', `${dead}.json.bak`];
    const { directory, folder } = folderWith(t, [`${dead}.json`, `${dead}-3.json`, ...names]);
    await writeDiscoveryFile(directory, discovery);
    assert.deepEqual(readdirSync(folder).sort(), [...names, `${process.pid}.json`].sort());
  });
});

describe('the file of a worker thread', () => {
  const module = new URL('../../../src/sidecar/discovery/discovery-file.js', import.meta.url).href;
  /** A worker that writes its file and then does not come back to its loop. */
  const workerThatWrites = (directory: string): Promise<Worker> => {
    const program = `
      const { parentPort, threadId } = require('node:worker_threads');
      import(${JSON.stringify(module)}).then(async ({ writeDiscoveryFile }) => {
        const discovery = { ...${JSON.stringify(discovery)}, threadId };
        parentPort.postMessage(await writeDiscoveryFile(${JSON.stringify(directory)}, discovery));
        for (;;);
      });`;
    const worker = new Worker(program, { eval: true });
    return new Promise((resolve) => worker.once('message', () => resolve(worker)));
  };

  test('stands beside that of the process, and goes when the thread is terminated', async (t) => {
    const directory = join(temporaryDirectory(t), 'faultline');
    await writeDiscoveryFile(directory, discovery);
    const worker = await workerThatWrites(directory);
    const path = discoveryFile(directory, process.pid, worker.threadId);
    assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), { ...discovery, threadId: worker.threadId });
    assert.equal(modeOf(path), '600');
    await worker.terminate();
    assert.deepEqual(readdirSync(discoveryFolder(directory)), [`${process.pid}.json`]);
  });

  test('is an ordinary one where its path is too long for a socket', async (t) => {
    const directory = join(temporaryDirectory(t), 'a'.repeat(100));
    const worker = await workerThatWrites(directory);
    const path = discoveryFile(directory, process.pid, worker.threadId);
    await worker.terminate();
    assert.equal(modeOf(path), '600');
    removeDiscoveryFile(path);
    assert.equal(existsSync(directory), false);
  });
});

describe('isAlive', () => {
  test('knows a living process', () => assert.equal(isAlive(process.pid), true));
  test('knows a dead one', () => assert.equal(isAlive(deadPid()), false));
  test('takes the process of somebody else for alive', (t) => {
    t.mock.method(process, 'kill', () => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    });
    assert.equal(isAlive(1), true);
  });
});
