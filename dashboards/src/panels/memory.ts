import { differenceOf, maxOf, rateOf } from '../promql/series.js';
import { gcSeconds } from '../rules/garbage-collection.js';
import { heapSpaceUsed, heapUsed } from '../rules/memory.js';
import type { Panel } from './panel.js';

export const gcShare: Panel = {
  title: 'Garbage collection share of wall time, by kind',
  unit: 'percentunit',
  description:
    'Share of time that the main thread spent in garbage collection. Above 10 % it costs more than it should.',
  incident: 'gc-pressure',
  series: [rateOf(gcSeconds, { by: ['kind'] })],
  drawnAs: 'stack',
};

export const heap: Panel = {
  title: 'Heap used, what collections leave, and limit',
  unit: 'bytes',
  description:
    'Used heap with garbage that is not yet collected, what major collections have left of it, heap reserved by V8, the size at which V8 gives up, and the real limit: that, or what the container leaves. A floor that climbs is a leak.',
  incident: 'heap-leak',
  series: [
    maxOf(heapUsed, { as: 'used' }),
    maxOf('heapFloor', { as: 'left by collections' }),
    maxOf('heapTotal', { as: 'reserved' }),
    maxOf('heapLimit', { as: "V8's limit" }),
    maxOf('heapRealLimit', { as: 'real limit' }),
  ],
};

export const heapTimeToLimit: Panel = {
  title: 'Time until the heap is full',
  unit: 's',
  description:
    'When the heap reaches its real limit if it goes on growing as it does. Nothing is drawn while it does not grow steadily.',
  incident: 'heap-leak',
  series: [maxOf('heapTimeToLimit')],
  whenEmpty: 'The heap does not grow',
};

export const heapSpaces: Panel = {
  title: 'Heap used, by space',
  unit: 'bytes',
  description:
    'Growth in old space is memory that survives; growth in large object space is few big values; growth in new space is churn.',
  series: [maxOf(heapSpaceUsed, { by: ['space'] })],
  drawnAs: 'stack',
};

export const heapLimit: Panel = {
  title: 'Live heap against the real limit',
  unit: 'bytes',
  description:
    'What collections leave alive, and the size at which the process ends: that of old space, or what the container leaves. Above 85 % of it one large request may be the last.',
  incident: 'heap-near-limit',
  series: [maxOf('heapFloor', { as: 'live' }), maxOf('heapRealLimit', { as: 'real limit' })],
};

export const offHeap: Panel = {
  title: 'Memory outside the heap',
  unit: 'bytes',
  description:
    'Memory that JavaScript objects hold outside the heap, what collections leave of it, and array buffers (Node Buffers included). Growth of what collections leave with a flat heap is buffers that are kept, and no heap leak.',
  incident: 'external-memory-growth',
  series: [
    maxOf('externalMemory', { as: 'external' }),
    maxOf('externalFloor', { as: 'left by collections' }),
    maxOf('arrayBuffers', { as: 'array buffers' }),
  ],
};

export const residentRest: Panel = {
  title: 'Resident memory beside the heap',
  unit: 'bytes',
  description:
    'All that the process has in RAM, and what of it is not reserved heap. When that climbs while external memory does not, no JavaScript object accounts for it: native libraries, other threads, or an allocator that does not give back.',
  incident: 'rss-growth',
  series: [
    maxOf('processResidentMemory', { as: 'resident' }),
    differenceOf('processResidentMemory', 'heapTotal', { as: 'resident less heap' }),
    maxOf('externalMemory', { as: 'external' }),
  ],
};

export const offHeapTimeToLimit: Panel = {
  title: 'Time until memory beside the heap is short',
  unit: 's',
  description:
    'When container or machine have no more memory if buffers, or the rest of the process, go on growing as they do. Nothing is drawn while they do not grow steadily.',
  incident: 'external-memory-growth',
  series: [
    maxOf('externalTimeToLimit', { as: 'buffers' }),
    maxOf('nativeTimeToLimit', { as: 'neither heap nor buffers' }),
  ],
  whenEmpty: 'Nothing beside the heap grows',
};
