/** The thread that an agent watches. */
export interface WatchedThread {
  /** As node:worker_threads counts: 0 for the main thread, and never the same number twice in a process. */
  readonly id: number;
  /** The kernel's id of it on Linux; null where the system does not tell. */
  readonly kernelId: number | null;
  /** Start of the process for the main thread, of the agent for a worker. Unit: ms since the epoch. */
  readonly startedAtMs: number;
}

/** How the thread is called where one reads of it. */
export const threadName = (id: number): string => (id === 0 ? 'main thread' : `worker thread ${id}`);
