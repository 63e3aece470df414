import { metricCatalog } from '@faultline/agent/catalog';
import type { Recording } from './recording.js';
import { scopeLabels, spellingsOf } from './spellings.js';
import { unite } from './unite.js';

/** OpenTelemetry has no heap total of its own: it is the sum over the heap spaces. */
function heapUsedOf(): Recording {
  const bySpace = spellingsOf('heapSpaceUsed').filter((spelling) => spelling.from !== 'agent');
  const sums = bySpace.map(({ name, labels }) => `  or sum without (${labels.join(', ')}) (${name})`);
  const own = metricCatalog.heapUsed.prometheus;
  return {
    record: 'instance:nodejs_heap_used_bytes',
    of: ['heapUsed', 'heapSpaceUsed'],
    type: 'gauge',
    labels: [],
    expr: `max without (${scopeLabels.join(', ')}) (\n${[`  ${own}`, ...sums].join('\n')}\n)`,
  };
}

/** V8 heap in use, garbage that is not yet collected included. */
export const heapUsed = heapUsedOf();

/** Heap in use, by space; names of spaces without `_space`. */
export const heapSpaceUsed = unite('instance:nodejs_heap_space_used_bytes', 'heapSpaceUsed');

/** Memory from every spelling. */
export const memoryRules = [heapUsed, heapSpaceUsed] as const;
