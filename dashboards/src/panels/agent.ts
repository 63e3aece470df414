import { maxOf, rateOf } from '../promql/series.js';
import type { Panel } from './panel.js';

export const agentCpu: Panel = {
  title: 'Agent CPU',
  unit: 'percentunit',
  description: "CPU time of the agent's sidecar thread per second; 100 % is one core. Linux only.",
  series: [rateOf('agentCpu', { as: 'sidecar' })],
};

export const agentMemory: Panel = {
  title: 'Agent memory',
  unit: 'bytes',
  description: "Heap and external memory of the agent's sidecar thread.",
  series: [maxOf('agentMemory', { as: 'sidecar' })],
};

export const snapshotAge: Panel = {
  title: 'Age of the readings',
  unit: 's',
  description:
    'How old the readings of the main thread are. About a second is normal; above a few seconds the loop is blocked and the other panels show the time before.',
  incident: 'event-loop-stall',
  series: [maxOf('snapshotAge')],
};

export const agentErrors: Panel = {
  title: 'Failed readings and label overflow',
  unit: 'ops',
  description:
    'Readings a second that failed, by sensor, and new series a second that fell into `other` because a label had reached its bound. Both should be 0.',
  series: [
    rateOf('agentErrors', { as: 'failed', by: ['sensor'] }),
    rateOf('labelOverflow', { as: 'overflow', by: ['metric'] }),
  ],
  whenEmpty: 'No reading has failed',
};
