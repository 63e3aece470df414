import { eventLoopRules } from './event-loop.js';
import { garbageCollectionRules } from './garbage-collection.js';
import { memoryRules } from './memory.js';
import { poolRules } from './pools.js';
import type { Recording } from './recording.js';
import { resourceRules } from './resources.js';

/** Every recording rule, in the order in which the rule file lists them. */
export const recordings: readonly Recording[] = [
  ...eventLoopRules,
  ...garbageCollectionRules,
  ...memoryRules,
  ...poolRules,
  ...resourceRules,
];
