import { unite } from './unite.js';

/** Seconds spent in garbage collection, by kind. */
export const gcSeconds = unite('instance:nodejs_gc_duration_seconds_sum', 'gcDuration', '_sum');

/** Garbage collection from every spelling. */
export const garbageCollectionRules = [gcSeconds] as const;
