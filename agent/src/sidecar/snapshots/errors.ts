import { FaultlineError } from '../../errors.js';

/** Why there is no snapshot: another one is being taken; memory or disk have too little room; the main thread does
 *  not answer; nobody waits for it any more; something else went wrong. */
export type SnapshotProblem = 'busy' | 'memory' | 'disk' | 'blocked' | 'stopped' | 'failed';

/** `message` holds the numbers. The code is ERR_FAULTLINE_SNAPSHOT_ and the problem in capitals. */
export const snapshotError = (problem: SnapshotProblem, message: string): FaultlineError =>
  new FaultlineError(`ERR_FAULTLINE_SNAPSHOT_${problem.toUpperCase()}`, message);
