// Runs the compiled tests of every workspace, or those whose path holds one of the words given, with Node's own
// runner, and ends with a list of what was skipped and why, and of what failed. Node 20 takes no glob and Node 22 no
// folder, so the files are found here. A file that fails or hangs runs once more by itself, and the list says so.
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { spec as Spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { untilCalm } from './calm-machine.mjs';
import { endHungFiles } from './hung-files.mjs';
import { stagesOf, withoutFile } from './test-groups.mjs';
import { createResults } from './test-results.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const workspaces = ['agent', 'dashboards', 'chaos', 'demo-app'];
const words = process.argv.slice(2);
/** More files than these that fail are not run again. */
const againMost = 3;
const results = createResults(root);

const found = workspaces.flatMap(findTests);
const chosen = found.filter(isWanted);
if (chosen.length === 0) {
  const why =
    words.length === 0 ? 'Run npm run build first.' : `No test file's path holds ${words.join(' or ')}.`;
  process.stderr.write(`There is no compiled test to run. ${why}\n`);
  process.exit(2);
}
const gone = withoutFile(found, root);
if (gone.length > 0) {
  process.stderr.write(`scripts/test-groups.mjs names tests that there are not: ${gone.join(', ')}\n`);
  process.exit(2);
}
for (const stage of stagesOf(chosen, root)) await runStage(stage);
await runFailedAgain();
process.stdout.write(`\n${results.summary()}\n`);
if (results.failedFiles().length > 0) process.exitCode = 1;

function findTests(workspace) {
  const folder = join(root, workspace, 'dist', 'test');
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.test.js'));
  return names.sort().map((name) => join(folder, name));
}

function isWanted(file) {
  const path = relative(root, file);
  return words.length === 0 || words.some((word) => path.includes(word));
}

async function runStage({ files, concurrency, isCalm, fileLimitMs }) {
  if (isCalm) await untilCalm();
  const unwatch = endHungFiles(fileLimitMs, (text) => process.stderr.write(`\n${text}`));
  const stream = run({ files, concurrency });
  stream.on('test:pass', results.passed);
  stream.on('test:fail', results.failed);
  for await (const text of stream.compose(new Spec())) process.stdout.write(text);
  unwatch();
}

/** Tests that watch real processes on a machine that others use can be unlucky, and Node can lock up while a process
 *  ends. One file by itself says which it was; many that fail are no bad luck. */
async function runFailedAgain() {
  const failed = results.failedFiles();
  if (failed.length > againMost) return;
  for (const file of failed) {
    process.stdout.write(`\n${relative(root, file)} runs again by itself.\n`);
    const isOver = results.again(file);
    for (const stage of stagesOf([file], root)) await runStage(stage);
    isOver();
  }
}
