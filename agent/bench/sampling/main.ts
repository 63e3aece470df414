/** npm run bench -- sampling: what it adds to a request that V8 samples the allocations all the time, as it does with
 *  FAULTLINE_HEAP_SAMPLING=on. Each Node version runs in a process of its own; without --node, this one's only. */
import { runCallBench } from '../call-costs.js';
import { measureCosts } from './measure.js';

// The rows bring their own bound, which is a share of what they cost without.
await runCallBench({ entry: import.meta.url, limitNs: 0, measure: measureCosts });
