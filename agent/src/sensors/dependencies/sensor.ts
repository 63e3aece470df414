import type { DependencyReading } from '../../protocol/dependency.js';
import type { Sensor } from '../sensor.js';
import { watchHttpRequests } from './http.js';
import { watchIoredis } from './ioredis.js';
import { watchNodeRedis } from './node-redis.js';
import { watchNodeRedis4 } from './node-redis-4.js';
import { watchUntracedNodeRedis } from './node-redis-untraced.js';
import { watchPgQueries } from './pg.js';
import { createTargets, type DelayClock } from './targets.js';
import { watchUndiciRequests } from './undici.js';

/** Follows what this process asks of others, by target. */
export interface DependencySensor extends Sensor<readonly DependencyReading[]> {
  /** Looks for database drivers that were loaded since. Cheap when there is none. */
  look(): void;
}

/** `discover` says whether drivers may be looked for in the module cache. */
export function startDependencySensor(clock: DelayClock, discover: boolean): DependencySensor {
  const targets = createTargets(clock);
  const ends = [watchHttpRequests(targets), watchUndiciRequests(targets), watchNodeRedis(targets)];
  const drivers = discover
    ? [
        watchPgQueries(targets),
        watchIoredis(targets),
        watchUntracedNodeRedis(targets),
        watchNodeRedis4(targets),
      ]
    : [];
  return {
    look() {
      for (const driver of drivers) driver.look();
    },
    read: targets.read,
    close() {
      for (const end of ends) end();
      for (const driver of drivers) driver.close();
    },
  };
}
