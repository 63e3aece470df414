import type { PoolLibrary } from '../library.js';
import { genericPool } from './generic-pool.js';
import { httpAgent } from './http-agent.js';
import { ioredis } from './ioredis.js';
import { mongodb } from './mongodb.js';
import { mysql2 } from './mysql2.js';
import { pg } from './pg.js';
import { piscina } from './piscina.js';
import { redis } from './redis.js';
import { tarn } from './tarn.js';
import { undici } from './undici.js';

/** Every library whose pools are known. */
export const poolLibraries: readonly PoolLibrary[] = [
  pg,
  mysql2,
  mongodb,
  ioredis,
  redis,
  tarn,
  genericPool,
  undici,
  httpAgent,
  piscina,
];
