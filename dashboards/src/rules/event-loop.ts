import { unite } from './unite.js';

/** Median event loop delay. */
export const delayP50 = unite('instance:nodejs_eventloop_delay_p50_seconds', 'eventLoopDelayP50');
/** 99th percentile of the event loop delay. */
export const delayP99 = unite('instance:nodejs_eventloop_delay_p99_seconds', 'eventLoopDelayP99');
/** Largest event loop delay. */
export const delayMax = unite('instance:nodejs_eventloop_delay_max_seconds', 'eventLoopDelayMax');
/** Time that the loop was active or idle. */
export const loopTime = unite('instance:nodejs_eventloop_time_seconds_total', 'eventLoopTime');
/** Utilization in the newest window of whoever measured it. */
export const utilization = unite('instance:nodejs_eventloop_utilization_ratio', 'eventLoopUtilization');

/** One set of event loop series from every spelling. prom-client's and OpenTelemetry's delays read the timer's
 *  resolution, about 10 ms, when the loop is idle; the agent's read near 0. */
export const eventLoopRules = [delayP50, delayP99, delayMax, loopTime, utilization] as const;
