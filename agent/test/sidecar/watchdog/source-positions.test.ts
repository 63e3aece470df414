import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Frame } from '../../../src/protocol/stack.js';
import { createSourcePositions } from '../../../src/sidecar/watchdog/source-positions.js';
import { temporaryDirectory } from '../../harness/temporary-directory.js';

/** Line 3, column 5 of the compiled file comes from line 42, column 17 of src/report.ts: column 4 (I), source 0 (A),
 *  line 41 (yC), column 16 (gB), all counted from 0. Its neighbours to the right and below come from elsewhere. */
const mappings = ';;IAyCgB,CAEA;AACA';
const mapFrom = (sources: readonly unknown[], rest: Record<string, unknown> = {}) =>
  JSON.stringify({ version: 3, sources, names: [], mappings, ...rest });
const code = 'first\nsecond\nthe third\n';
const inline = (map: string) =>
  `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}\n`;

function project(t: TestContext) {
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, 'dist'));
  const agentDirectory = join(directory, 'node_modules', '@faultline', 'agent');
  const positions = createSourcePositions(directory, agentDirectory);
  const write = (name: string, text: string): string => {
    const path = join(directory, 'dist', name);
    writeFileSync(path, text);
    return path;
  };
  const locate = (file: string, line = 3, column = 5) => {
    const frame: Frame = { function: 'f', file, line, column, async: false };
    return positions.locate(frame);
  };
  const shown = (file: string, line?: number, column?: number): string => {
    const found = locate(file, line, column);
    return `${found.file}:${found.line}:${found.column}`;
  };
  return { directory, agentDirectory, write, locate, shown };
}

describe('finds the original line', () => {
  test('through a map beside the file', (t) => {
    const { write, shown } = project(t);
    write('report.js.map', mapFrom(['../src/report.ts']));
    const path = write('report.js', `${code}//# sourceMappingURL=report.js.map\n`);
    assert.equal(shown(pathToFileURL(path).href), 'src/report.ts:42:17');
    assert.equal(shown(path), 'src/report.ts:42:17');
  });

  test('through a map inside the file', (t) => {
    const { write, shown } = project(t);
    const path = write('report.js', code + inline(mapFrom(['../src/report.ts'])));
    assert.equal(shown(path), 'src/report.ts:42:17');
  });

  test('through a map inside the file that is not base64', (t) => {
    const { write, shown } = project(t);
    const map = encodeURIComponent(mapFrom(['../src/report.ts']));
    const path = write(
      'report.js',
      `${code}//# sourceMappingURL=data:application/json;charset=utf-8,${map}\n`,
    );
    assert.equal(shown(path), 'src/report.ts:42:17');
  });

  test('under the source root of the map', (t) => {
    const { write, shown } = project(t);
    const path = write('report.js', code + inline(mapFrom(['report.ts'], { sourceRoot: '../src' })));
    assert.equal(shown(path), 'src/report.ts:42:17');
  });

  test('of a source that a bundler names, below the working directory', (t) => {
    const { write, shown } = project(t);
    const named = write('bundle.js', code + inline(mapFrom(['webpack://shop/./src/report.ts'])));
    assert.equal(shown(named), 'src/report.ts:42:17');
    const rooted = write(
      'rooted.js',
      code + inline(mapFrom(['src/report.ts'], { sourceRoot: 'webpack://' })),
    );
    assert.equal(shown(rooted), 'src/report.ts:42:17');
  });

  test('of a source that is given as an address', (t) => {
    const { directory, write, shown } = project(t);
    const source = pathToFileURL(join(directory, 'src', 'report.ts')).href;
    const path = write('report.js', code + inline(mapFrom([source])));
    assert.equal(shown(path), 'src/report.ts:42:17');
  });

  test('by the last comment, when the code itself talks of maps', (t) => {
    const { write, shown } = project(t);
    const text = `first\n//# sourceMappingURL=wrong.js.map\nthe third\n${inline(mapFrom(['../src/report.ts']))}`;
    assert.equal(shown(write('report.js', text)), 'src/report.ts:42:17');
  });

  test('through a map whose name is escaped', (t) => {
    const { write, shown } = project(t);
    write('a b.js.map', mapFrom(['../src/report.ts']));
    const path = write('a b.js', `${code}//# sourceMappingURL=a%20b.js.map\n`);
    assert.equal(shown(pathToFileURL(path).href), 'src/report.ts:42:17');
  });
});

describe('keeps the line that ran', () => {
  const broken: readonly [string, string][] = [
    ['without a map', code],
    ['when the map is missing', `${code}//# sourceMappingURL=report.js.map\n`],
    ['when the map is no JSON', code + inline('{')],
    ['when the map is empty', code + inline('{}')],
    [
      'when the map knows nothing of the line',
      code + inline(mapFrom(['../src/report.ts'], { mappings: '' })),
    ],
    ['when the map names no source', code + inline(mapFrom([null]))],
    ['when the source is on another host', code + inline(mapFrom(['file://elsewhere/report.ts']))],
    ['when the name of the map is no valid escape', `${code}//# sourceMappingURL=%E0%A4%A.map\n`],
  ];
  for (const [title, text] of broken) {
    test(title, (t) => {
      const { write, shown } = project(t);
      assert.equal(shown(write('report.js', text)), 'dist/report.js:3:5');
    });
  }

  test('when the file is gone', (t) => {
    const { directory, shown } = project(t);
    assert.equal(shown(join(directory, 'dist', 'gone.js')), 'dist/gone.js:3:5');
  });

  test('when the file is too large to be read', (t) => {
    const { write, shown } = project(t);
    const path = write('huge.js', '');
    truncateSync(path, 32 * 1024 * 1024 + 1);
    appendFileSync(path, `\n${inline(mapFrom(['../src/report.ts']))}`);
    assert.equal(shown(path), 'dist/huge.js:3:5');
  });

  test('of a dependency, whatever map it brings', (t) => {
    const { directory, locate } = project(t);
    const folder = join(directory, 'node_modules', 'view');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'index.js'), code + inline(mapFrom(['../src/view.ts'])));
    const found = locate(join(folder, 'index.js'));
    assert.deepEqual([found.file, found.line], ['node_modules/view/index.js', 3]);
  });
});

describe('tells whose code it is', () => {
  test('the service, below the working directory or elsewhere', (t) => {
    const { directory, locate } = project(t);
    assert.equal(locate(join(directory, 'dist', 'a.js')).origin, 'service');
    const elsewhere = locate('/srv/shared/a.js');
    assert.deepEqual([elsewhere.origin, elsewhere.file], ['service', '/srv/shared/a.js']);
  });

  test('a dependency', (t) => {
    const { directory, locate } = project(t);
    assert.equal(locate(join(directory, 'node_modules', 'view', 'a.js')).origin, 'dependency');
    assert.equal(locate(join(directory, 'my_node_modules', 'a.js')).origin, 'service');
  });

  test('a dependency that a bundle brings', (t) => {
    const { write, locate } = project(t);
    const sources = ['webpack://shop/./node_modules/view/a.js', '../node_modules/view/a.js'];
    for (const [index, source] of sources.entries()) {
      const found = locate(write(`bundle${index}.js`, code + inline(mapFrom([source]))));
      assert.deepEqual([found.origin, found.file, found.line], ['dependency', 'node_modules/view/a.js', 42]);
    }
  });

  test('the agent, but not its neighbours', (t) => {
    const { agentDirectory, locate } = project(t);
    assert.equal(locate(join(agentDirectory, 'dist', 'src', 'a.js')).origin, 'agent');
    assert.equal(locate(`${agentDirectory}-plugin/a.js`).origin, 'dependency');
  });

  for (const file of [
    'node:fs',
    '',
    'evalmachine.<anonymous>',
    'wasm://wasm/1234',
    'file://elsewhere/a.js',
  ]) {
    test(`nobody's: ${JSON.stringify(file)}`, (t) => {
      const found = project(t).locate(file);
      assert.deepEqual([found.origin, found.file, found.line], ['node', file, 3]);
    });
  }
});

test('reads each file once', (t) => {
  const { write, shown } = project(t);
  const path = write('report.js', code + inline(mapFrom(['../src/report.ts'])));
  shown(path);
  write('report.js', code);
  assert.equal(shown(path), 'src/report.ts:42:17');
});
