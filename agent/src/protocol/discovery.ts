/** Content of `<FAULTLINE_DIR>/discovery/<pid>.json`, or `<pid>-<threadId>.json` for a worker thread: how the command
 *  line finds running agents. */
export interface Discovery {
  readonly pid: number;
  /** The thread that is watched, as node:worker_threads counts: 0 for the main thread. */
  readonly threadId: number;
  readonly service: string;
  /** Base address of the sidecar's HTTP server; null when it has none. */
  readonly url: string | null;
  /** When the process, or the agent in a worker, was started. ISO 8601, UTC. */
  readonly startedAt: string;
}
