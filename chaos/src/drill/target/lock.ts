import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DrillError } from '../errors.js';

/** The right of one drill to a target. */
export interface TargetLock {
  release(): void;
}

/** Takes the lock of a target: a file that holds the id of the owner's process. A lock whose owner has gone is
 *  taken over.
 *  @throws DrillError `target-locked`, naming the owner. */
export function lockTarget(target: string, folder = tmpdir()): TargetLock {
  const digest = createHash('sha256').update(target).digest('hex').slice(0, 16);
  const file = join(folder, `faultline-drill-${digest}.lock`);
  // Twice: the second time after a stale lock has been removed. Another drill may be faster, and then it wins.
  for (const _ of ['first', 'after a stale lock']) {
    try {
      const handle = openSync(file, 'wx', 0o600);
      writeSync(handle, `${process.pid}`);
      closeSync(handle);
      return { release: () => releaseOwn(file) };
    } catch (cause) {
      if (!isCode(cause, 'EEXIST')) throw cause;
      const owner = readOwner(file);
      if (owner !== null && isAlive(owner)) {
        throw new DrillError(
          'target-locked',
          `process ${owner} runs a drill against ${target} already (${file})`,
        );
      }
      rmSync(file, { force: true });
    }
  }
  throw new DrillError('target-locked', `another drill took the lock of ${target} just now (${file})`);
}

function releaseOwn(file: string): void {
  if (readOwner(file) === process.pid) rmSync(file, { force: true });
}

function readOwner(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // It belongs to somebody else, and so it is there.
    return isCode(cause, 'EPERM');
  }
}

function isCode(cause: unknown, code: string): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === code;
}
