// Everything that can be said about the tree without running the product: format, lint and import boundaries,
// unused code, package contents, generated files, runbook pages. Runs all of it, then says what failed.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = process.execPath;
const checks = [
  ['format, lint, boundaries', 'npx', ['biome', 'ci', '--colors=off', '--error-on-warnings', '.']],
  ['unused code and dependencies', 'npx', ['knip']],
  ['package @faultline/agent', 'npx', ['publint', '--strict', 'agent']],
  ['package @faultline/chaos', 'npx', ['publint', '--strict', 'chaos']],
  ['dashboards/out', node, ['dashboards/dist/src/render.js', '--check']],
  ['lockfile for every platform', node, ['scripts/complete-lockfile.mjs', '--check']],
  ['generated pages', node, ['scripts/docs.mjs', '--check']],
  ['runbook pages', node, ['chaos/bin/faultline-drill.js', 'check-runbooks']],
];

const failed = checks.filter(([name, command, words]) => {
  const { status, stdout, stderr } = spawnSync(command, words, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  process.stdout.write(`${status === 0 ? '✔' : '✖'} ${name}\n`);
  if (status !== 0) process.stdout.write(`${stdout}${stderr}`);
  return status !== 0;
});
if (failed.length > 0) process.stdout.write(`\n${failed.length} of ${checks.length} checks failed.\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
