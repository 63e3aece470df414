import { FaultlineError } from '../../errors.js';

/** Why there is no profile: another one is being taken; the main thread is blocked or does not answer; the inspector
 *  cannot be used here; the process ends, or nobody waits any more; V8 refused. */
export type ProfileProblem = 'busy' | 'blocked' | 'unavailable' | 'stopped' | 'failed';

/** `message` says what to do. The code is ERR_FAULTLINE_PROFILE_ and the problem in capitals. */
export const profileError = (problem: ProfileProblem, message: string): FaultlineError =>
  new FaultlineError(`ERR_FAULTLINE_PROFILE_${problem.toUpperCase()}`, message);
