import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourcePath } from '../../../src/sidecar/watchdog/source-path.js';

const rows: readonly [string, string, string, string | null][] = [
  ['a path is relative to the map', '../src/a.ts', '', '/srv/src/a.ts'],
  ['a path lies under the source root', 'a.ts', '../src', '/srv/src/a.ts'],
  ['a source root may end with a slash', 'a.ts', '../src/', '/srv/src/a.ts'],
  ['a whole path stays', '/home/ci/src/a.ts', '../src', '/home/ci/src/a.ts'],
  ['a file address is a path', 'file:///home/ci/a.ts', '', '/home/ci/a.ts'],
  ['a source root may be a file address', 'a.ts', 'file:///home/ci', '/home/ci/a.ts'],
  ['a file of another host is none', 'file://elsewhere/a.ts', '', null],
  ['webpack names the project first', 'webpack://shop/./src/a.ts', '', '/srv/src/a.ts'],
  ['webpack without the name of a project', 'webpack:///./src/a.ts', '', '/srv/src/a.ts'],
  ['webpack marks variants of a source', 'webpack://shop/./src/a.ts?b1c2', '', '/srv/src/a.ts'],
  ['webpack as the source root', 'src/a.ts', 'webpack://', '/srv/src/a.ts'],
  ['webpack as the source root with three slashes', './src/a.ts', 'webpack:///', '/srv/src/a.ts'],
  ['webpack and the project as the source root', 'src/a.ts', 'webpack://shop', '/srv/src/a.ts'],
  ['webpack and the project with a slash', 'src/a.ts', 'webpack://shop/', '/srv/src/a.ts'],
  ['a source beside the project', 'webpack://shop/../lib/a.ts', '', '/lib/a.ts'],
  ['turbopack marks the project', 'turbopack:///[project]/src/a.ts', '', '/srv/src/a.ts'],
  ["the bundler's own code is no file", 'webpack://shop/webpack/bootstrap', '', null],
  ['nor is what it leaves outside', 'webpack://shop/external commonjs "pg"', '', null],
  ['an address of no place is no file', 'data:text/plain,a', '', null],
];

for (const [title, source, root, path] of rows) {
  test(title, () => assert.equal(sourcePath(source, root, '/srv/dist', '/srv'), path));
}
