/** npm run bench -- creations: what the seconds cost in which the agent looks who makes the timers or sockets that become
 *  more and more. Each Node version runs in a process of its own; without --node, this one's only. */
import { runCallBench } from '../call-costs.js';
import { measureCosts } from './measure.js';

// Five seconds, at most three times an incident: ten thousand promises a second may cost a hundredth of a core.
await runCallBench({ entry: import.meta.url, limitNs: 1_000, measure: measureCosts });
