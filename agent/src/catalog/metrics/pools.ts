import type { MetricRow } from '../types.js';
import { counter, gauge, histogram, label } from './row.js';

const waitBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] as const;

const pool = label('db_client_connection_pool_name', 'db.client.connection.pool.name', 50);
const poolState = label('db_client_connection_state', 'db.client.connection.state', 2);

/** Database pools, under the names of OpenTelemetry's semantic conventions. */
export const poolMetrics = {
  poolCount: gauge({
    prometheus: 'db_client_connection_count',
    otel: 'db.client.connection.count',
    labels: [pool, poolState],
    unit: '{connection}',
    help: 'Connections (sockets, threads) of a pool, by state: idle or used.',
    source: 'public counters of the pool; docs/pools.md',
  }),
  poolMax: gauge({
    prometheus: 'db_client_connection_max',
    otel: 'db.client.connection.max',
    labels: [pool],
    unit: '{connection}',
    help: 'Largest number of connections that a pool may open.',
    source: 'options of the pool; docs/pools.md',
  }),
  poolPending: gauge({
    prometheus: 'db_client_connection_pending_requests',
    otel: 'db.client.connection.pending_requests',
    labels: [pool],
    unit: '{request}',
    help: 'Callers that wait for a connection of a pool.',
    source: 'public counters of the pool; docs/pools.md',
  }),
  poolTimeouts: counter({
    prometheus: 'db_client_connection_timeouts_total',
    otel: 'db.client.connection.timeouts',
    labels: [pool],
    unit: '{timeout}',
    help: 'Callers that gave up waiting for a connection of a pool.',
    source: 'errors that the pool answers with; docs/pools.md',
  }),
  poolWaitTime: histogram({
    prometheus: 'db_client_connection_wait_time_seconds',
    otel: 'db.client.connection.wait_time',
    labels: [pool],
    buckets: waitBuckets,
    help: 'Time from asking a pool for a connection to having it.',
    source: 'events, channels or calls of the pool, where the library lets it be known; docs/pools.md',
  }),
  poolUseTime: histogram({
    prometheus: 'db_client_connection_use_time_seconds',
    otel: 'db.client.connection.use_time',
    labels: [pool],
    buckets: waitBuckets,
    help: 'Time from having a connection of a pool to giving it back.',
    source: 'events, channels or calls of the pool, where the library lets it be known; docs/pools.md',
  }),
  poolCreateTime: histogram({
    prometheus: 'db_client_connection_create_time_seconds',
    otel: 'db.client.connection.create_time',
    labels: [pool],
    buckets: waitBuckets,
    help: 'Time that a new connection of a pool took to open.',
    source: 'events, channels or calls of the pool, where the library lets it be known; docs/pools.md',
  }),
} as const satisfies Record<string, MetricRow>;
