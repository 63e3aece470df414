/** npm run bench -- pools: what it costs to follow one connection of pg-pool out and back, with and without a look at
 *  the caller and with many pools, and what a snapshot of very many costs. Each Node version runs in a process of its own;
 *  without --node, this one's only. */
import { runCallBench } from '../call-costs.js';
import { measureCosts } from './measure.js';

// A look comes fifty times a second at the most: at this bound that is a quarter of a hundredth of a core.
await runCallBench({ entry: import.meta.url, limitNs: 50_000, measure: measureCosts });
