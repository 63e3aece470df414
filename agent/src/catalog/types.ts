/** How a value moves: a counter only rises, a gauge goes both ways, a histogram counts into buckets. */
export type MetricType = 'counter' | 'gauge' | 'histogram';

/** Units as OpenTelemetry spells them (UCUM); what is counted stands in braces. Exported values are always seconds or bytes, never ms or kB. */
export type MetricUnit = 's' | 'By' | '1' | `{${string}}`;

/** One label of a metric, with its name in both worlds and the number of values after which `other` is used. */
export interface LabelRow {
  readonly prometheus: string;
  readonly otel: string;
  readonly bound: number;
}

/** One metric. `prometheus` or `otel` is null where that world has no such metric. */
export interface MetricRow {
  readonly prometheus: string | null;
  readonly otel: string | null;
  readonly type: MetricType;
  readonly unit: MetricUnit;
  readonly labels: readonly LabelRow[];
  /** Further attributes that the convention wants and Prometheus does without. */
  readonly otelAttributes?: readonly string[];
  readonly help: string;
  /** Where the number comes from: an API, an RFC or a convention. */
  readonly source: string;
  /** Upper bounds of a histogram's buckets, ascending, in the metric's unit; +Inf is implied. */
  readonly buckets?: readonly number[];
}

/** How loud an incident is: a warning makes a ticket, a critical one wakes somebody. */
export type Severity = 'warning' | 'critical';

/** One kind of incident. Detector file, runbook page, alert, drill and panel are found by its `kind`. */
export interface IncidentRow<Kind extends string = string> {
  readonly kind: Kind;
  readonly title: string;
  /** What the word means, in one sentence for people who see it for the first time. */
  readonly meaning: string;
  readonly causes: readonly string[];
  readonly severity: Severity;
  /** Name of the Prometheus alert that carries this kind as its `incident` label. */
  readonly alert: string;
  /** File name of the page below runbooks/. */
  readonly runbook: string;
  /** Unit: ms. Without a new finding for this long, an open incident of this kind is resolved. */
  readonly resolveAfterMs: number;
}
