import { type ChildProcess, spawn } from 'node:child_process';

/** Waits until its input ends, which it does when nobody holds the other end any more, and kills what it was told. */
const script = 'cat >/dev/null; kill -9 "$1" 2>/dev/null';

/** Lets a child end together with this process, even when that is killed and can undo nothing. The child's own end
 *  ends the watch. A system without `sh` goes without. */
export function endWithRunner(child: ChildProcess): void {
  if (child.pid === undefined) return;
  const watcher = spawn('sh', ['-c', script, 'sh', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Not in this group: what is sent to the terminal's processes must not reach it before it has done its work.
    detached: true,
  });
  watcher.on('error', () => {});
  watcher.stdin.on('error', () => {});
  watcher.unref();
  child.once('exit', () => watcher.kill('SIGKILL'));
}
