import { maxOf, quantileOf, rateOf } from '../promql/series.js';
import { poolCreate, poolUse, poolWait } from '../rules/pools.js';
import type { Panel } from './panel.js';

const name = 'db_client_connection_pool_name';
const state = 'db_client_connection_state';
const whenEmpty = 'No pool is watched';

export const poolConnections: Panel = {
  title: 'Pool connections',
  unit: 'short',
  description:
    'Connections by state, and the most that the pool may open. Used at the limit means exhausted.',
  incident: 'pool-exhausted',
  series: [maxOf('poolCount', { by: [name, state] }), maxOf('poolMax', { as: 'limit', by: [name] })],
  whenEmpty,
};

export const poolWaiting: Panel = {
  title: 'Callers that wait for a connection',
  unit: 'short',
  description:
    'A queue that stays above 0 means that connections are held too long or that there are too few.',
  incident: 'pool-exhausted',
  series: [maxOf('poolPending', { by: [name] })],
  whenEmpty,
};

export const poolTimes: Panel = {
  title: 'Pool wait, use and create time, p95',
  unit: 's',
  description:
    'Time until a caller had its connection, until it was given back, and until a new one was open. Long use explains long waits: look at the queries, or at code that keeps a connection.',
  incident: 'pool-exhausted',
  series: [
    quantileOf(poolWait, 0.95, { as: 'wait p95', by: [name] }),
    quantileOf(poolUse, 0.95, { as: 'use p95', by: [name] }),
    quantileOf(poolCreate, 0.95, { as: 'create p95', by: [name] }),
  ],
  whenEmpty,
};

export const poolTimeouts: Panel = {
  title: 'Callers that gave up waiting',
  unit: 'ops',
  description: 'Callers a second that got no connection in time; their requests have failed.',
  incident: 'pool-exhausted',
  series: [rateOf('poolTimeouts', { by: [name] })],
  whenEmpty,
};
