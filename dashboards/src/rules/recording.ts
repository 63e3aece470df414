import type { MetricId } from '@faultline/agent/catalog';

/** A recording rule. It renames; it takes no rate, so that every reader chooses its own range. */
export interface Recording {
  /** Name of the series it makes. */
  readonly record: string;
  /** Metrics of the catalog whose spellings it unites. */
  readonly of: readonly MetricId[];
  /** A part of a histogram, such as its sum, is a counter. */
  readonly type: 'counter' | 'gauge';
  /** Labels of the result beside those of the target. */
  readonly labels: readonly string[];
  readonly expr: string;
}
