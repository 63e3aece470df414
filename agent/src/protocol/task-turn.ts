/** What the probe saw of the queues of microtasks and of process.nextTick. Two of these, taken during the same block,
 *  tell whether one task was replaced by another in between. */
export interface TaskTurn {
  /** Another one in each callback of process.nextTick, and in each promise job where the host uses promise hooks.
   *  Source: async_hooks.executionAsyncId(). */
  readonly executionId: number;
  /** Microtasks of the probe that have run since it was installed. Each look queues one, unless one still waits. */
  readonly microtasks: number;
  /** Ticks of the probe that have run. Each microtask queues one, unless one still waits; it runs when the queue of
   *  microtasks has been empty. */
  readonly ticks: number;
  /** From the look that began the newest round to its tick. Unit: ms; null before the first has run. */
  readonly roundMs: number | null;
}
