import { execFileSync } from 'node:child_process';

const limitMs = 5_000;

/** Short hash of the commit that a drill ran on, with `-dirty` behind it when files of the tree differ from it;
 *  null outside of a git checkout, or without git. */
export function readCommit(root: string): string | null {
  try {
    const text = execFileSync('git', ['describe', '--always', '--dirty', '--exclude', '*'], {
      cwd: root,
      encoding: 'utf8',
      timeout: limitMs,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.trim() || null;
  } catch {
    return null;
  }
}
