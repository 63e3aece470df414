export { type IncidentKind, incidentCatalog } from './incidents.js';
export { type MetricId, metricCatalog } from './metrics.js';
export { defaultRunbookUrl } from './runbooks.js';
export type { IncidentRow, LabelRow, MetricRow, MetricType, MetricUnit, Severity } from './types.js';
