import { isMainThread } from 'node:worker_threads';
import { startAgent } from './agent.js';
import { FaultlineError } from './errors.js';

const wrongUsage = 2;

// Worker threads inherit --import, those of libraries as well: an agent there has to be started on purpose.
if (isMainThread) {
  try {
    startAgent({ discoverPools: true });
  } catch (error) {
    if (!(error instanceof FaultlineError)) throw error;
    process.stderr.write(`faultline: ${error.message}\n`);
    process.exit(wrongUsage);
  }
}
