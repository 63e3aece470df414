import type { OriginSampler } from '../../src/sensors/pools/origins.js';

/** Looks at nobody. */
export const noOrigins: OriginSampler = { look: () => null, nextSecond() {} };
