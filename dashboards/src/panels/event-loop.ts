import { maxOf, rateOf } from '../promql/series.js';
import { delayMax, delayP50, delayP99, loopTime, utilization } from '../rules/event-loop.js';
import type { Panel } from './panel.js';

export const loopDelay: Panel = {
  title: 'Event loop delay',
  unit: 's',
  description: 'How late timers fire. Single blocks show in max; p99 hides them.',
  incident: 'event-loop-stall',
  series: [maxOf(delayP50, { as: 'p50' }), maxOf(delayP99, { as: 'p99' }), maxOf(delayMax, { as: 'max' })],
};

export const utilizationBesideCpu: Panel = {
  title: 'Event loop utilization beside CPU',
  unit: 'percentunit',
  description:
    'Share of time that the loop was busy, and CPU time of all threads per second (100 % is one core). A busy loop with little CPU waits in a synchronous call or for the CPU itself.',
  incident: 'event-loop-saturated',
  series: [
    maxOf(utilization, { as: 'utilization, newest second' }),
    rateOf(loopTime, { as: 'utilization', where: { state: 'active' } }),
    rateOf('processCpu', { as: 'CPU' }),
  ],
};

export const runQueueWait: Panel = {
  title: 'Waiting for a CPU',
  unit: 'percentunit',
  description:
    'Share of time that the main thread was ready to run and got no CPU, and time that CPU quotas held the container back, over all CPUs: a busy neighbour or a quota, not this service. Linux only.',
  incident: 'cpu-starved',
  series: [
    rateOf('runQueueWait', { as: 'main thread' }),
    rateOf('cpuThrottled', { as: 'held back by quota' }),
  ],
};

export const logWrites: Panel = {
  title: 'Time in log writes',
  unit: 'percentunit',
  description:
    'Share of time that the main thread was in synchronous writes to stdout and stderr. Above a tenth, whoever reads the log is too slow, or far too much is logged.',
  incident: 'log-backpressure',
  series: [rateOf('logWrite', { as: 'main thread' })],
};
