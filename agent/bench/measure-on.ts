import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodeBinary } from './node-versions.js';

/** Runs the entry of a benchmark once more, in a process of that Node version, and returns what it measures there. Its
 *  progress goes to stderr as it comes. Throws when the process fails. */
export function measureOn<Answer>(version: string, entry: string, words: readonly string[]): Answer {
  const { status, stdout } = spawnSync(nodeBinary(version), [fileURLToPath(entry), '--here', ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`Node ${version} ended with exit code ${status}`);
  return JSON.parse(stdout) as Answer;
}
