import { FaultlineError } from '../errors.js';

/** A file that is no heap snapshot that can be read. `why` is a sentence. */
export const snapshotError = (path: string, why: string, cause?: unknown): FaultlineError =>
  new FaultlineError('ERR_FAULTLINE_HEAP_FILE', `${path}: ${why}`, { cause });
