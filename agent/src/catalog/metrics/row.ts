import type { LabelRow, MetricRow } from '../types.js';

type Given = Partial<MetricRow> & Pick<MetricRow, 'help' | 'source'>;

/** A label, and the number of values after which `other` is used. */
export const label = (prometheus: string, otel: string, bound: number): LabelRow => ({
  prometheus,
  otel,
  bound,
});

/** A row of a value that goes both ways; without a unit it is a plain number. */
export const gauge = (row: Given): MetricRow => ({
  prometheus: null,
  otel: null,
  type: 'gauge',
  unit: '1',
  labels: [],
  ...row,
});

/** A row of a value that only rises. */
export const counter = (row: Given): MetricRow => gauge({ type: 'counter', ...row });

/** A row of times that are counted into buckets. */
export const histogram = (row: Given & Pick<MetricRow, 'buckets'>): MetricRow =>
  gauge({ type: 'histogram', unit: 's', ...row });

/** Where everything about the delay of the event loop comes from. */
export const beats =
  'lateness of the heartbeat timer (25 ms, 100 ms while the loop rests) against process.hrtime(), floor at 0';
