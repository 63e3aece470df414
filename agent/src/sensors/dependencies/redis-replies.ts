import { guarded } from '../pools/guarded.js';
import { failRedisCall } from './redis-errors.js';
import type { Call } from './targets.js';

/** Ends a call with what a method of a client returns, and returns what its caller gets. Of a promise that is the end of a
 *  chain: beside it, a rejection that nobody handles would count as handled. */
export function followReply(result: unknown, call: Call): unknown {
  if (result instanceof Promise) return passOn(result, call);
  call.failed(null);
  return result;
}

const passOn = (result: Promise<unknown>, call: Call): Promise<unknown> =>
  result.then(
    (reply) => {
      guarded(() => call.answered(200))();
      return reply;
    },
    (error: unknown) => {
      guarded(() => failRedisCall(call, error, null))();
      throw error;
    },
  );
