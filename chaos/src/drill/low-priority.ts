import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Nice value of what a drill runs beside the service: on a small machine, a command of a runbook page or a scrape
 *  must not take the CPU from the loop whose stalls are measured. */
const nice = 10;

/** Lets everything else go first. Processes that it starts later inherit this. Without the right to do so, or when
 *  the process has ended already, nothing changes. */
export function yieldCpu(pid: number | undefined): void {
  if (pid === undefined) return;
  attempt(() => setPriority(pid, nice));
  // Linux may share the CPU out by session first (sched_autogroup_enabled), and each of these processes leads a
  // session of its own; then only the session's nice value counts against other sessions.
  attempt(() => writeFileSync(`/proc/${pid}/autogroup`, `${nice}`));
}

function attempt(run: () => void): void {
  try {
    run();
  } catch {
    // See above.
  }
}
