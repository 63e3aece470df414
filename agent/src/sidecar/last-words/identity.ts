import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity } from '../../protocol/last-words.js';

/** Fields behind the name of the program in /proc/<pid>/stat, counted from 0; see proc_pid_stat(5). */
const stateField = 0;
const startTimeField = 19;

/** Describes the process that calls. */
export const readIdentity = (): ProcessIdentity => ({
  pid: process.pid,
  startTicks: readStartTicks(process.pid),
  bootId: read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
  pidNamespace: read(() => readlinkSync('/proc/self/ns/pid')),
  host: hostname(),
});

/** When the kernel started a process, in clock ticks; null when it is gone or the system does not tell. One that has
 *  ended and that its parent has not taken note of yet (`Z`) is gone. */
export function readStartTicks(pid: number): number | null {
  const text = read(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  if (text === null) return null;
  // The name of the program may hold anything, parentheses as well: what is behind the last one counts.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[startTimeField]);
  return fields[stateField] === 'Z' || !Number.isFinite(ticks) ? null : ticks;
}

/** What is asked of the system about another process. */
export interface ProcessTable {
  startTicks(pid: number): number | null;
  isAlive(pid: number): boolean;
}

/** Whether the process of a record lives. `unreachable` is one of another container or machine, of which only its
 *  record can tell. */
export function judgePresence(
  other: ProcessIdentity,
  own: ProcessIdentity,
  table: ProcessTable,
): 'alive' | 'gone' | 'unreachable' {
  if (other.host !== own.host) return 'unreachable';
  if (other.bootId !== own.bootId) return 'gone';
  if (other.pidNamespace !== own.pidNamespace) return 'unreachable';
  if (other.startTicks !== null) return table.startTicks(other.pid) === other.startTicks ? 'alive' : 'gone';
  // Without start times, a pid that was given anew looks like the process that had it; this one knows itself.
  return other.pid !== own.pid && table.isAlive(other.pid) ? 'alive' : 'gone';
}

function read(attempt: () => string): string | null {
  try {
    return attempt();
  } catch {
    return null;
  }
}
