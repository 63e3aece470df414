import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { output } from './harness/mutation.js';

const script = fileURLToPath(new URL('../src/render.js', import.meta.url));
let directory = '';

function render(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

before(() => {
  directory = mkdtempSync(join(tmpdir(), 'faultline-render-'));
});
after(() => rmSync(directory, { recursive: true, force: true }));

test('the committed output is what the sources render', () => {
  const { status, stderr } = render('--check');
  assert.equal(status, 0, stderr);
});

test('writes the same bytes every time', () => {
  assert.equal(render('--out', directory).status, 0);
  for (const [path, text] of output) assert.equal(readFileSync(join(directory, path), 'utf8'), text, path);
  assert.equal(render('--out', directory, '--check').status, 0);
});

test('--check names each file that differs, is missing or is unknown, and the command that mends it', () => {
  render('--out', directory);
  writeFileSync(join(directory, 'prometheus/rules.yaml'), 'groups: []\n');
  unlinkSync(join(directory, 'grafana/on-call.json'));
  writeFileSync(join(directory, 'notes.txt'), '');
  const { status, stderr } = render('--out', directory, '--check');
  unlinkSync(join(directory, 'notes.txt'));
  assert.equal(status, 1);
  assert.match(stderr, /prometheus\/rules\.yaml \(different\)/);
  assert.match(stderr, /grafana\/on-call\.json \(missing\)/);
  assert.match(stderr, /notes\.txt \(unknown\)/);
  assert.match(stderr, /Run: npx tsc --build dashboards && node dashboards\/dist\/src\/render\.js/);
  assert.doesNotMatch(stderr, /drill/);
});

test('--runbook-url moves the links of alerts and panels', () => {
  render('--out', directory, '--runbook-url', 'https://wiki.example/ops/');
  for (const file of ['prometheus/rules.yaml', 'grafana/on-call.json']) {
    assert.match(readFileSync(join(directory, file), 'utf8'), /https:\/\/wiki\.example\/ops\//);
  }
});

test('--help tells the options', () => {
  const { status, stdout } = render('--help');
  assert.equal(status, 0);
  assert.match(stdout, /--check/);
});

for (const args of [
  ['--chek'],
  ['extra'],
  ['--runbook-url', 'wiki'],
  ['--runbook-url', 'https://wiki.example/ops'],
]) {
  test(`wrong usage (${args.join(' ')}) ends with 2 and one message without a stack`, () => {
    const { status, stderr } = render(...args);
    assert.equal(status, 2);
    assert.match(stderr, new RegExp(args.at(-1) ?? ''));
    assert.doesNotMatch(stderr, /\n\s+at /);
  });
}

test('a directory that cannot be written ends with 1 and names it', () => {
  const file = join(directory, 'file');
  writeFileSync(file, '');
  const { status, stderr } = render('--out', file);
  assert.equal(status, 1);
  assert.match(stderr, /--out must be a directory that can be written to/);
  assert.doesNotMatch(stderr, /\n\s+at /);
});
