import { faultlineMetrics } from './metrics/faultline.js';
import { httpMetrics } from './metrics/http.js';
import { nodeMetrics } from './metrics/node.js';
import { poolMetrics } from './metrics/pools.js';
import { promClientMetrics } from './metrics/prom-client.js';
import type { MetricRow } from './types.js';

/** In the order in which the documentation lists them. */
const rows = {
  ...promClientMetrics,
  ...nodeMetrics,
  ...httpMetrics,
  ...poolMetrics,
  ...faultlineMetrics,
} as const satisfies Record<string, MetricRow>;

/** Stable key of a metric inside this code base; names outside come from the row. */
export type MetricId = keyof typeof rows;

/** The table that exporters, dashboards, alerts and documentation are made from. */
export const metricCatalog: Readonly<Record<MetricId, MetricRow>> = rows;
