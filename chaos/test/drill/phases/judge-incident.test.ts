import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionSpan, globToRegExp } from '../../../src/drill/phases/judge-incident.js';

const source = `import x from 'y';

export async function buildReport<T>(rows: T[]): Promise<string> {
  const cells = rows.map((row) => {
    return String(row);
  });
  return cells.join();
}

const slugOf = (name: string): string =>
  name;

class Report {
  render(): string {
    return buildReport([]);
  }
}
`;

test('finds where a function begins and ends', () => {
  assert.deepEqual(functionSpan(source, 'buildReport'), [3, 8]);
  assert.deepEqual(functionSpan(source, 'Report.render'), [14, 16]);
});

test('does not guess about a function that is not declared there', () => {
  assert.equal(functionSpan(source, 'String'), null);
  assert.equal(functionSpan(source, '<anonymous>'), null);
});

const globs: readonly (readonly [string, string, boolean])[] = [
  ['src/*.ts', 'src/a.ts', true],
  ['src/*.ts', 'src/b/a.ts', false],
  ['src/**/*.ts', 'src/b/c/a.ts', true],
  ['src/**/*.ts', 'src/a.ts', true],
  ['**/export-*.ts', 'a/b/export-all.ts', true],
  ['src/a.ts', 'src/aXts', false],
];
for (const [glob, file, matches] of globs) {
  test(`${glob} ${matches ? 'matches' : 'does not match'} ${file}`, () => {
    assert.equal(globToRegExp(glob).test(file), matches);
  });
}
