import type { Environment } from '../safeguards.js';
import type { Progress } from './progress.js';

/** How a drill is run. */
export interface RunOptions {
  /** The repository. */
  readonly root: string;
  readonly seed: number;
  /** Address of a service that runs already; null starts the demo. */
  readonly targetUrl: string | null;
  /** Compiled entry of the demo. */
  readonly demoEntry: string;
  /** False leaves Prometheus and Alertmanager out. */
  readonly prometheus: boolean;
  /** Folder of the journals. */
  readonly journals: string;
  readonly environment: Environment;
  readonly progress: Progress;
  /** Aborted when the person at the terminal ends the drill; its reason is a DrillError `interrupted`. */
  readonly signal: AbortSignal;
}
