// Runs the agent's tests on every supported Node version, or on the majors named; a version that this machine cannot
// get fails the run.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chooseVersions, nodeBinary } from '../agent/dist/bench/node-versions.js';

/** Several times what one version takes: a runner that hangs must not hold up the others. */
const versionLimitMs = 1_500_000;
const root = fileURLToPath(new URL('..', import.meta.url));
const chosen = choose(process.argv.slice(2));
const failed = chosen.filter((version) => !runOn(version));
process.stdout.write(
  `\nNode ${chosen.join(', ')}: ${failed.length === 0 ? 'all passed' : `failed on ${failed.join(', ')}`}\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

function choose(words) {
  try {
    return chooseVersions(words);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

function runOn(version) {
  const node = nodeBinary(version);
  process.stdout.write(`\n=== Node ${version} ===\n`);
  const { status, error } = spawnSync(node, [join(root, 'scripts', 'test.mjs'), 'agent/'], {
    cwd: root,
    stdio: 'inherit',
    timeout: versionLimitMs,
    killSignal: 'SIGKILL',
  });
  if (error !== undefined) process.stdout.write(`\nNode ${version}: ${error.message}\n`);
  return status === 0;
}
