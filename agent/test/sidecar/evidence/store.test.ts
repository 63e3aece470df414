import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import {
  type EvidenceLimits,
  evidenceLimits,
  openEvidenceStore,
} from '../../../src/sidecar/evidence/store.js';
import { temporaryDirectory } from '../../harness/temporary-directory.js';

const json = 'application/json';
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

function openStore(t: TestContext, limits: Partial<EvidenceLimits> = {}) {
  const directory = join(temporaryDirectory(t), 'faultline', 'evidence');
  return { directory, store: openEvidenceStore(directory, { ...evidenceLimits, ...limits }) };
}

describe('writes', () => {
  test('what only its owner can read, whatever the umask', async (t) => {
    const before = process.umask(0);
    t.after(() => process.umask(before));
    const { store, directory } = openStore(t);
    const item = await store.write('a1', 'stacks.json', json, '{"é":1}');
    assert.deepEqual(item, { name: 'stacks.json', type: json, bytes: 8 });
    assert.equal(readFileSync(join(directory, 'a1', 'stacks.json'), 'utf8'), '{"é":1}');
    assert.equal(modeOf(join(directory, 'a1', 'stacks.json')), '600');
    for (const folder of [join(directory, '..'), directory, join(directory, 'a1')]) {
      assert.equal(modeOf(folder), '700', folder);
    }
  });

  test('a file whole in place of the one before, which others may still read', async (t) => {
    const { store, directory } = openStore(t);
    await store.write('a1', 'stacks.json', json, 'a much longer text');
    const path = join(directory, 'a1', 'stacks.json');
    chmodSync(path, 0o644);
    const before = statSync(path).ino;
    await store.write('a1', 'stacks.json', json, 'short');
    assert.equal(readFileSync(path, 'utf8'), 'short');
    assert.notEqual(statSync(path).ino, before);
    assert.equal(modeOf(path), '600');
  });

  test('what only its owner can read, also over an unfinished file that an earlier process left', async (t) => {
    const { store, directory } = openStore(t);
    mkdirSync(join(directory, 'a1'), { recursive: true });
    writeFileSync(join(directory, 'a1', 'stacks.json.1.part'), 'left', { mode: 0o644 });
    await store.write('a1', 'stacks.json', json, 'text');
    assert.deepEqual(readdirSync(join(directory, 'a1')), ['stacks.json']);
    assert.equal(modeOf(join(directory, 'a1', 'stacks.json')), '600');
  });

  test('one of many texts that come at the same time, and leaves nothing else', async (t) => {
    const { store, directory } = openStore(t);
    const texts = Array.from({ length: 20 }, (_, index) => `${index}`.repeat(10_000));
    await Promise.all(texts.map((text) => store.write('a1', 'stacks.json', json, text)));
    assert.deepEqual(readdirSync(join(directory, 'a1')), ['stacks.json']);
    assert.ok(texts.includes(readFileSync(join(directory, 'a1', 'stacks.json'), 'utf8')));
  });
});

describe('fails', () => {
  test('and leaves no unfinished file when it cannot be put in place', async (t) => {
    const { store, directory } = openStore(t);
    // A folder that is not empty stands where the file should go.
    mkdirSync(join(directory, 'a1', 'stacks.json', 'in the way'), { recursive: true });
    await assert.rejects(store.write('a1', 'stacks.json', json, 'text'));
    assert.deepEqual(readdirSync(join(directory, 'a1')), ['stacks.json']);
  });

  test('when a file stands where its folder should be', async (t) => {
    const { store, directory } = openStore(t);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'a1'), '');
    await assert.rejects(store.write('a1', 'stacks.json', json, 'text'));
    assert.deepEqual(readdirSync(directory), ['a1']);
  });

  test('when the directory cannot be written to', async (t) => {
    if (process.getuid?.() === 0) return t.skip('root may write everywhere');
    const { store, directory } = openStore(t);
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, 0o500);
    await assert.rejects(store.write('a1', 'stacks.json', json, 'text'), { code: 'EACCES' });
  });

  for (const [incident, name] of [
    ['..', 'stacks.json'],
    ['a1', '../../outside.json'],
    ['a1/../..', 'stacks.json'],
    ['a1', '.hidden'],
    ['a1', ''],
    ['a1', 'x'.repeat(101)],
  ] as const) {
    test(`for names that could lead out of the store: ${incident} ${name.slice(0, 20)}`, async (t) => {
      const { store, directory } = openStore(t);
      await assert.rejects(store.write(incident, name, json, 'text'), { code: 'ERR_FAULTLINE_EVIDENCE' });
      assert.equal(existsSync(directory), false);
    });
  }
});

describe('finds', () => {
  test('what was written, and its size', async (t) => {
    const { store, directory } = openStore(t);
    await store.write('a1', 'stacks.json', json, 'text');
    const path = join(directory, 'a1', 'stacks.json');
    assert.deepEqual(await store.find('a1', 'stacks.json'), { path, bytes: 4 });
  });

  test('nothing where nothing is', async (t) => {
    const { store } = openStore(t);
    assert.equal(await store.find('a1', 'stacks.json'), null);
  });

  for (const [incident, name] of [
    ['a1', '../../secret'],
    ['a1', '..'],
    ['..', 'secret'],
    ['', 'secret'],
    ['a1', ''],
    ['a1/../..', 'secret'],
    ['a1', 'a/b'],
    ['a1', 'a\\b'],
    ['a1', 'a\0b'],
    ['a1', 'x'.repeat(101)],
  ] as const) {
    test(`nothing under a name that leads elsewhere: ${JSON.stringify([incident, name.slice(0, 20)])}`, async (t) => {
      const { store, directory } = openStore(t);
      await store.write('a1', 'stacks.json', json, 'text');
      writeFileSync(join(directory, '..', 'secret'), 'secret');
      writeFileSync(join(directory, 'secret'), 'secret');
      assert.equal(await store.find(incident, name), null);
    });
  }

  test('nothing through a link that leads out of the store', async (t) => {
    const { store, directory } = openStore(t);
    await store.write('a1', 'stacks.json', json, 'text');
    symlinkSync('/etc/passwd', join(directory, 'a1', 'link.json'));
    assert.equal(await store.find('a1', 'link.json'), null);
  });

  test('nothing where a folder is', async (t) => {
    const { store, directory } = openStore(t);
    mkdirSync(join(directory, 'a1', 'folder'), { recursive: true });
    assert.equal(await store.find('a1', 'folder'), null);
  });
});

describe('prune() removes', () => {
  const now = Date.parse('2026-01-10T00:00:00Z');
  const hourMs = 3_600_000;

  /** Four incidents of 100 bytes, 1 to 4 hours old; the first is the newest. */
  async function fill(t: TestContext, limits: Partial<EvidenceLimits>) {
    const { store, directory } = openStore(t, limits);
    for (const hours of [3, 1, 4, 2]) {
      await store.write(`hour-${hours}`, 'stacks.json', json, 'x'.repeat(100));
      const at = new Date(now - hours * hourMs);
      utimesSync(join(directory, `hour-${hours}`), at, at);
    }
    return { store, directory };
  }
  const rows: readonly [string, Partial<EvidenceLimits>, number][] = [
    ['nothing within the limits', {}, 4],
    ['nothing on the limits', { incidents: 4, bytes: 400, ageMs: 4 * hourMs }, 4],
    ['the oldest when there are too many', { incidents: 3 }, 3],
    ['the oldest when they are too large', { bytes: 399 }, 3],
    ['as many as it takes', { bytes: 250 }, 2],
    ['those that are too old', { ageMs: 4 * hourMs - 1 }, 3],
    ['all when nothing may be kept', { bytes: 0 }, 0],
  ];
  for (const [title, limits, kept] of rows) {
    test(title, async (t) => {
      const { store, directory } = await fill(t, limits);
      await store.prune(now);
      assert.deepEqual(
        readdirSync(directory).sort(),
        ['hour-1', 'hour-2', 'hour-3', 'hour-4'].slice(0, kept),
      );
    });
  }

  test('nothing when there is no store yet', async (t) => openStore(t).store.prune(now));

  test('no file that somebody else has put there', async (t) => {
    const { store, directory } = await fill(t, { incidents: 1 });
    writeFileSync(join(directory, 'README'), 'mine');
    await store.prune(now);
    assert.deepEqual(readdirSync(directory).sort(), ['README', 'hour-1']);
  });
});

describe('lists', () => {
  test('the files of an incident, without what is unfinished or leads elsewhere', async (t) => {
    const { store, directory } = openStore(t);
    const item = await store.write('a1', 'memory.json', json, '{}');
    writeFileSync(join(directory, 'a1', 'stacks.json.2.part'), 'half');
    symlinkSync('/etc/hostname', join(directory, 'a1', 'link.json'));
    assert.deepEqual(await store.list('a1'), [item]);
  });

  test('nothing for an incident that is not known, or a name that leads out', async (t) => {
    const { store } = openStore(t);
    assert.deepEqual(await store.list('a1'), []);
    assert.deepEqual(await store.list('../..'), []);
  });
});
