import type { Alert } from './alert.js';
import { cpuStarvedAlerts } from './cpu-starved.js';
import { dependencyFailingAlerts } from './dependency-failing.js';
import { dependencySlowAlerts } from './dependency-slow.js';
import { eventLoopSaturatedAlerts } from './event-loop-saturated.js';
import { eventLoopStallAlerts } from './event-loop-stall.js';
import { externalMemoryGrowthAlerts } from './external-memory-growth.js';
import { gcPressureAlerts } from './gc-pressure.js';
import { handleLeakAlerts } from './handle-leak.js';
import { heapLeakAlerts } from './heap-leak.js';
import { heapNearLimitAlerts } from './heap-near-limit.js';
import { logBackpressureAlerts } from './log-backpressure.js';
import { poolExhaustedAlerts } from './pool-exhausted.js';
import { retryStormAlerts } from './retry-storm.js';
import { rssGrowthAlerts } from './rss-growth.js';
import { threadpoolSaturatedAlerts } from './threadpool-saturated.js';

/** Every alert, in the order in which the rule file lists them. */
export const alerts: readonly Alert[] = [
  ...eventLoopStallAlerts,
  ...eventLoopSaturatedAlerts,
  ...cpuStarvedAlerts,
  ...gcPressureAlerts,
  ...heapLeakAlerts,
  ...logBackpressureAlerts,
  ...dependencySlowAlerts,
  ...poolExhaustedAlerts,
  ...threadpoolSaturatedAlerts,
  ...dependencyFailingAlerts,
  ...retryStormAlerts,
  ...handleLeakAlerts,
  ...heapNearLimitAlerts,
  ...externalMemoryGrowthAlerts,
  ...rssGrowthAlerts,
];
