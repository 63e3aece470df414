import { selector, type Where } from './selector.js';
import { factsOf, type Source } from './source.js';

/** One query of a panel. */
export interface Series {
  readonly expr: string;
  /** Grafana's legend template. */
  readonly legend: string;
}

/** What a series is called, and which part of a metric it shows. */
export interface SeriesOptions {
  /** What the legend says in front of the labels; none where labels say enough. */
  readonly as?: string;
  /** Labels to tell apart, beside job and instance. */
  readonly by?: readonly string[];
  readonly where?: Where;
}

/** The largest value for each instance (and each label of `by`). For gauges. */
export function maxOf(source: Source, options: SeriesOptions = {}): Series {
  const expr = `max by (${groups(options)}) (${selector(factsOf(source).name, options.where)})`;
  return { expr, legend: legendOf(options) };
}

/** How fast a counter rises a second, for each instance. Of seconds this is a share of wall time; of a histogram it is
 *  the number of its values. */
export function rateOf(source: Source, options: SeriesOptions = {}): Series {
  const expr = `sum by (${groups(options)}) (${rate(source, options.where, '_count')})`;
  return { expr, legend: legendOf(options) };
}

/** A quantile, 0..1, of what a histogram counted during the interval, for each instance. */
export function quantileOf(source: Source, quantile: number, options: SeriesOptions = {}): Series {
  const buckets = `sum by (${groups(options, ['le'])}) (${rate(source, options.where, '_bucket')})`;
  const as = options.as ?? `p${Number((quantile * 100).toFixed(2))}`;
  return { expr: `histogram_quantile(${quantile}, ${buckets})`, legend: legendOf({ ...options, as }) };
}

/** One gauge less another for each instance. */
export function differenceOf(minuend: Source, subtrahend: Source, options: SeriesOptions = {}): Series {
  const expr = `${maxOf(minuend, options).expr} - on (${groups(options)}) ${maxOf(subtrahend, options).expr}`;
  return { expr, legend: legendOf(options) };
}

/** How fast one counter rises for each step of another, for each instance. Labels of `by` are the first one's; those that
 *  the second has as well stand in `shared`. */
export function ratioOf(
  counted: Source,
  against: Source,
  { shared = [], ...options }: SeriesOptions & { readonly shared?: readonly string[] } = {},
): Series {
  const many = rateOf(counted, options);
  const one = rateOf(against, { by: shared });
  const side = shared.length === (options.by ?? []).length ? '' : ' group_left ()';
  return {
    expr: `${many.expr} / on (${groups({ by: shared })})${side} ${one.expr}`,
    legend: many.legend,
  };
}

function rate(source: Source, where: Where | undefined, part: string): string {
  const { name, type } = factsOf(source);
  const suffix = type === 'histogram' ? part : '';
  return `rate(${selector(`${name}${suffix}`, where)}[$__rate_interval])`;
}

function groups({ by = [] }: SeriesOptions, extra: readonly string[] = []): string {
  return ['job', 'instance', ...by, ...extra].join(', ');
}

function legendOf({ as, by = [] }: SeriesOptions): string {
  return [...(as === undefined ? [] : [as]), ...by.map((label) => `{{${label}}}`), '{{instance}}'].join(
    ' · ',
  );
}
