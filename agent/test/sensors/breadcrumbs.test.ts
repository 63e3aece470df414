import assert from 'node:assert/strict';
import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import fs, { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, test } from 'node:test';
import zlib from 'node:zlib';
import { openHeartbeat } from '../../src/protocol/heartbeat.js';
import { operationName } from '../../src/protocol/operations.js';
import { type Breadcrumbs, leaveBreadcrumbs } from '../../src/sensors/breadcrumbs.js';

const heartbeat = openHeartbeat();
const originals = {
  fs: { ...fs },
  parse: JSON.parse,
  stringify: JSON.stringify,
  wait: Atomics.wait,
  DateTimeFormat: Intl.DateTimeFormat,
  toLocaleString: Date.prototype.toLocaleString,
};
let breadcrumbs: Breadcrumbs;
beforeEach(() => {
  breadcrumbs = leaveBreadcrumbs(heartbeat.operationSlots, heartbeat.beats);
});
afterEach(() => breadcrumbs.close());

const now = (): string | null => operationName(heartbeat.operation());
/** What is marked while the call reads one of its options. */
function duringOption(call: (options: object) => unknown): string | null {
  let seen: string | null = 'the option was not read';
  const options = {
    get encoding() {
      seen = now();
      return 'utf8';
    },
  };
  call(options);
  return seen;
}

describe('marks', () => {
  const own = new URL(import.meta.url);
  const rows: readonly [string, (options: object) => unknown][] = [
    ['fs.readFileSync', (options) => fs.readFileSync(own, options)],
    ['fs.readdirSync', (options) => fs.readdirSync('.', options)],
    ['child_process.spawnSync', (options) => childProcess.spawnSync(process.execPath, ['-v'], options)],
    ['child_process.execFileSync', (options) => childProcess.execFileSync(process.execPath, ['-v'], options)],
    ['JSON.stringify', (options) => JSON.stringify(options)],
  ];
  for (const [name, call] of rows) {
    test(`${name} while it runs, and nothing after it`, () => {
      assert.equal(duringOption(call), name);
      assert.equal(now(), null);
    });
  }

  test('the making of a formatter, and the formatting of a date that makes one', () => {
    const during = (call: (options: Intl.DateTimeFormatOptions) => unknown): string | null => {
      let seen: string | null = 'the option was not read';
      call({
        get timeZone() {
          seen = now();
          return 'UTC';
        },
      });
      return seen;
    };
    assert.equal(
      during((options) => new Intl.DateTimeFormat('en', options)),
      'Intl.DateTimeFormat',
    );
    const date = new Date(0);
    assert.equal(
      during((options) => date.toLocaleString('en', options)),
      'Date.prototype.toLocaleString',
    );
    assert.equal(now(), null);
  });

  test('a call that a named import of an ES module leads to', () => {
    assert.equal(
      duringOption((options) => readFileSync(own, options)),
      'fs.readFileSync',
    );
  });

  test('the outer one of two calls within each other', () => {
    let inner: string | null = null;
    const value = {
      toJSON: () => {
        fs.existsSync('.');
        inner = now();
      },
    };
    JSON.stringify(value);
    assert.equal(inner, 'JSON.stringify');
  });

  test('the parsing of large texts, and not of small ones', () => {
    const during = (text: string): string | null => {
      let seen: string | null = null;
      JSON.parse(text, (_key, value) => {
        seen = now();
        return value;
      });
      return seen;
    };
    assert.equal(during(`["${'x'.repeat(300_000)}"]`), 'JSON.parse');
    assert.equal(during('["x"]'), null);
  });

  for (const [fd, name] of [
    [1, 'process.stdout.write'],
    [2, 'process.stderr.write'],
    [`${own.pathname}.not-there/x`, 'fs.writeFileSync'],
  ] as const) {
    test(`a write to ${typeof fd === 'number' ? `the file descriptor ${fd}` : 'a file'} as ${name}`, () => {
      const seen = duringOption((options) => {
        try {
          fs.writeFileSync(fd, '', options);
        } catch {
          // The file cannot be opened, and the option has been read before that.
        }
      });
      assert.equal(seen, name);
      assert.equal(now(), null);
    });
  }

  test('nothing any more when a call throws', () => {
    assert.throws(() => fs.readFileSync('/nowhere/at/all'), { code: 'ENOENT' });
    assert.throws(() => JSON.parse(`["${'x'.repeat(300_000)}"`), SyntaxError);
    assert.throws(() => crypto.pbkdf2Sync('a', 'b', -1, 1, 'sha1'), { code: 'ERR_OUT_OF_RANGE' });
    assert.equal(now(), null);
  });
});

describe('changes nothing else', () => {
  test('results are the same', () => {
    const text = JSON.stringify({ a: [1, null, 'x'] }, null, 2);
    assert.equal(text, originals.stringify({ a: [1, null, 'x'] }, null, 2));
    assert.equal(JSON.stringify(undefined), undefined);
    assert.deepEqual(JSON.parse(text), { a: [1, null, 'x'] });
    assert.equal(zlib.gunzipSync(zlib.gzipSync('abc')).toString(), 'abc');
    assert.equal(crypto.randomBytes(8).length, 8);
    assert.equal(Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 1), 'not-equal');
    assert.equal(fs.realpathSync.native('.'), fs.realpathSync('.'));
  });

  describe('constructors', () => {
    const text = (format: Intl.DateTimeFormat): string => format.format(0);
    const options = { timeZone: 'UTC' } as const;

    test('make the same with new, without it, and as the parent of a class', () => {
      class Own extends Intl.DateTimeFormat {
        readonly mine = true;
      }
      const made = [
        new Intl.DateTimeFormat('en', options),
        Intl.DateTimeFormat('en', options),
        new Own('en', options),
        Reflect.construct(Intl.DateTimeFormat, ['en', options], Own) as Own,
      ];
      for (const format of made) {
        assert.equal(text(format), '1/1/1970');
        assert.ok(format instanceof Intl.DateTimeFormat);
      }
      assert.deepEqual(
        made.map((format) => format instanceof Own),
        [false, false, true, true],
      );
      assert.equal((made[2] as Own).mine, true);
      assert.equal(new Intl.NumberFormat('de').format(1_234.5), '1.234,5');
      assert.deepEqual(['b', 'a'].sort(new Intl.Collator('en').compare), ['a', 'b']);
    });

    test('are the constructors of what they make', () => {
      const format = new Intl.DateTimeFormat('en');
      assert.equal(format.constructor, Intl.DateTimeFormat);
      assert.equal(Object.getPrototypeOf(format), Intl.DateTimeFormat.prototype);
      assert.equal(Object.prototype.toString.call(format), '[object Intl.DateTimeFormat]');
      assert.deepEqual(Intl.DateTimeFormat.supportedLocalesOf(['en']), ['en']);
    });

    test('throw what they have thrown', () => {
      assert.throws(() => new Intl.DateTimeFormat('no such locale'), RangeError);
      assert.equal(now(), null);
    });
  });

  test('a call with a callback stays asynchronous', async () => {
    const size = await new Promise((resolve) =>
      crypto.randomBytes(4, (_error, bytes) => resolve(bytes.length)),
    );
    assert.equal(size, 4);
  });

  const rows: readonly [string, () => unknown, unknown][] = [
    ['fs.readFileSync', () => fs.readFileSync, originals.fs.readFileSync],
    ['fs.realpathSync', () => fs.realpathSync, originals.fs.realpathSync],
    ['JSON.parse', () => JSON.parse, originals.parse],
    ['JSON.stringify', () => JSON.stringify, originals.stringify],
    ['Atomics.wait', () => Atomics.wait, originals.wait],
    ['Intl.DateTimeFormat', () => Intl.DateTimeFormat, originals.DateTimeFormat],
    ['Date.prototype.toLocaleString', () => Date.prototype.toLocaleString, originals.toLocaleString],
  ];
  for (const [name, marked, original] of rows) {
    test(`${name} keeps its name, its length and its own properties`, () => {
      assert.notEqual(marked(), original, 'the function is not marked at all');
      const own = Object.getOwnPropertyDescriptors(original);
      const { prototype: _ignored, ...kept } = Object.getOwnPropertyDescriptors(marked());
      assert.deepEqual(kept, Object.fromEntries(Object.entries(own).filter(([key]) => key !== 'prototype')));
    });
  }
});

describe('gives back', () => {
  const require = createRequire(import.meta.url);

  test('every function, to ES modules and to CommonJS', () => {
    breadcrumbs.close();
    assert.equal(fs.readFileSync, originals.fs.readFileSync);
    assert.equal(readFileSync, originals.fs.readFileSync);
    assert.equal((require('node:fs') as typeof fs).readFileSync, originals.fs.readFileSync);
    assert.deepEqual([JSON.parse, Atomics.wait], [originals.parse, originals.wait]);
    assert.equal(Intl.DateTimeFormat, originals.DateTimeFormat);
    assert.equal(new Intl.DateTimeFormat('en').constructor, originals.DateTimeFormat);
    assert.equal(Date.prototype.toLocaleString, originals.toLocaleString);
  });

  test('not what somebody else has wrapped since', () => {
    const marked = fs.statSync;
    const theirs = Object.assign((path: string) => marked(path), {}) as typeof fs.statSync;
    Object.assign(fs, { statSync: theirs });
    breadcrumbs.close();
    assert.equal(fs.statSync, theirs);
    assert.ok(fs.statSync('.').isDirectory());
    Object.assign(fs, { statSync: originals.fs.statSync });
  });
});
