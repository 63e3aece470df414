/** npm run bench -- requests: what it costs to follow one request to the service's own server, with few routes and with
 *  many, and what a snapshot of very many routes costs. Each Node version runs in a process of its own; without --node,
 *  this one's only. */
import { runCallBench } from '../call-costs.js';
import { measureCosts } from './measure.js';

// Ten thousand requests a second cost a twentieth of a core.
await runCallBench({ entry: import.meta.url, limitNs: 5_000, measure: measureCosts });
