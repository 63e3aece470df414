/** What the main thread got of the CPU during about one second. Unit: ms. */
export interface CpuWindow {
  readonly wallMs: number;
  readonly onCpuMs: number;
  /** Ready to run without getting a CPU; Linux counts the time in which a quota holds the thread back as well. */
  readonly runQueueMs: number;
  /** What the quotas of the control groups held back, over all threads and CPUs; null where there is none. */
  readonly throttledMs: number | null;
}
