import type { Incident } from './incident.js';

/** What tells one process from every other one, as far as the system does. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the kernel started it, in clock ticks since the machine was; null where it does not tell.
   *  Source: /proc/<pid>/stat, field 22. */
  readonly startTicks: number | null;
  /** Of the machine, new with each boot; null off Linux. Source: /proc/sys/kernel/random/boot_id. */
  readonly bootId: string | null;
  /** In which the pid counts: another container has another one; null off Linux. Source: /proc/self/ns/pid. */
  readonly pidNamespace: string | null;
  readonly host: string;
}

/** How many processes of one control group the kernel has killed for memory. */
export interface MemoryKills {
  /** The group; counts of different ones say nothing about each other. */
  readonly group: string;
  readonly count: number;
}

/** Content of `<FAULTLINE_DIR>/last-words/<pid>-<start>.json`: what is known of a process in case it ends without a
 *  word. Times are ISO 8601 in UTC. */
export interface LastWords {
  readonly format: 1;
  readonly service: string;
  readonly process: ProcessIdentity;
  /** The thread that is watched; 0 is the main thread. */
  readonly threadId: number;
  /** Version of Node.js. */
  readonly node: string;
  /** Of the process. */
  readonly startedAt: string;
  /** When this was written: the process lived. */
  readonly lastSeenAt: string;
  /** When its event loop turned last; null before the first time. */
  readonly lastBeatAt: string | null;
  readonly memoryKills: MemoryKills | null;
  /** Of the newest snapshot, and of the memory around the process; units are in the names. What is not known is missing. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Open ones, the most severe first. */
  readonly incidents: readonly Incident[];
}
