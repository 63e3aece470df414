/** npm run bench -- dependencies: what it costs to follow one call to a dependency, with few targets and with many.
 *  Each Node version runs in a process of its own; without --node, this one's only. */
import { runCallBench } from '../call-costs.js';
import { measureCosts } from './measure.js';

// Ten thousand calls a second cost a twentieth of a core.
await runCallBench({ entry: import.meta.url, limitNs: 5_000, measure: measureCosts });
