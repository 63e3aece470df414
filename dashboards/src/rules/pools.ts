import { unite } from './unite.js';

/** Time that callers waited for a connection, as histogram buckets. */
export const poolWait = unite('instance:nodejs_pool_wait_seconds_bucket', 'poolWaitTime', '_bucket');
/** Time that callers kept a connection, as histogram buckets. */
export const poolUse = unite('instance:nodejs_pool_use_seconds_bucket', 'poolUseTime', '_bucket');
/** Time that new connections took to open, as histogram buckets. */
export const poolCreate = unite('instance:nodejs_pool_create_seconds_bucket', 'poolCreateTime', '_bucket');

/** Pools from every spelling. Counts, limits and waiting callers are spelled alike everywhere. */
export const poolRules = [poolWait, poolUse, poolCreate] as const;
