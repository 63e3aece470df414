import type { Attributes, Histogram, Meter, ObservableGauge } from '@opentelemetry/api';
import { type MetricId, metricCatalog } from '../catalog/metrics.js';
import type { MetricRow } from '../catalog/types.js';
import { loadOpenTelemetryApi } from '../otel-api.js';
import type { Reading } from '../protocol/reading.js';
import type { Snapshot } from '../protocol/snapshot.js';
import { createLabelBounds, overflowValue } from './label-bounds.js';
import { readSnapshot } from './snapshot-readings.js';

/** Publishes the agent's numbers through the host's MeterProvider, under OpenTelemetry's own names. */
export interface OtelExporter {
  /** Call once a second: it also notices a MeterProvider that the host registers late. */
  publish(snapshot: Snapshot): void;
  /** Whether anybody hears of what is recorded. */
  wants(metric: MetricId): boolean;
  /** Histograms are told each value as it happens, in seconds. */
  record(metric: MetricId, seconds: number, ...labels: string[]): void;
  add(metric: MetricId, ...labels: string[]): void;
  close(): void;
}

type Observables = ReadonlyMap<MetricId, ObservableGauge>;

interface Instruments {
  readonly histograms: ReadonlyMap<MetricId, Histogram>;
  close(): void;
}

/** Counts that the host's own events add up; the other counters are read from snapshots. */
const addedByEvent: ReadonlySet<MetricId> = new Set(['poolTimeouts']);

/** `skip` says which metrics somebody else in the process publishes already; it is asked once. */
export function createOtelExporter(skip: () => (row: MetricRow) => boolean): OtelExporter {
  let instruments: Instruments | null = null;
  let counters: ReadonlyMap<MetricId, { add(value: number, attributes: Attributes): void }> = new Map();
  let newest: Snapshot | null = null;
  const bounds = createLabelBounds();
  // Made when the host asks, which is far more seldom than a snapshot comes.
  const readNewest = (): readonly Reading[] =>
    newest === null ? [] : bounds.apply(readSnapshot(newest).filter((reading) => 'value' in reading));
  let noop: unknown = null;

  const startWhenProvided = (): void => {
    const api = loadOpenTelemetryApi();
    if (api === null || instruments !== null) return;
    const provider = api.metrics.getMeterProvider();
    // Without a registered provider the API hands out one no-op object; compare with a meter made by it.
    noop ??= api.createNoopMeter();
    const meter = provider.getMeter('@faultline/agent', '0.1.0');
    if (meter.constructor === (noop as object).constructor) return;
    const skipped = skip();
    const rows = otelRows().filter(([, row]) => !skipped(row));
    counters = new Map(
      rows
        .filter(([id]) => addedByEvent.has(id))
        .map(([id, row]) => [id, meter.createCounter(row.otel!, options(row))]),
    );
    instruments = createInstruments(meter, rows, readNewest);
  };

  return {
    publish(snapshot) {
      startWhenProvided();
      if (instruments !== null) newest = snapshot;
    },
    wants: (metric) => instruments?.histograms.has(metric) === true,
    record(metric, seconds, ...labels) {
      const histogram = instruments?.histograms.get(metric);
      histogram?.record(seconds, attributes(metricCatalog[metric], bounds.fold(metric, labels)));
    },
    add(metric, ...labels) {
      counters.get(metric)?.add(1, attributes(metricCatalog[metric], bounds.fold(metric, labels)));
    },
    close() {
      instruments?.close();
      instruments = null;
      counters = new Map();
    },
  };
}

const otelRows = (): [MetricId, MetricRow][] =>
  (Object.entries(metricCatalog) as [MetricId, MetricRow][]).filter(([, row]) => row.otel !== null);

const options = (row: MetricRow) => ({ description: row.help, unit: row.unit });

function createInstruments(
  meter: Meter,
  rows: readonly [MetricId, MetricRow][],
  newest: () => readonly Reading[],
): Instruments {
  const histograms = new Map<MetricId, Histogram>();
  const observables = new Map<MetricId, ObservableGauge>();
  for (const [id, row] of rows) {
    if (row.type === 'histogram') {
      const advice = { explicitBucketBoundaries: [...(row.buckets ?? [])] };
      histograms.set(id, meter.createHistogram(row.otel!, { ...options(row), advice }));
    } else if (!addedByEvent.has(id)) {
      observables.set(id, createObservable(meter, row));
    }
  }
  return { histograms, close: observe(meter, observables, newest) };
}

const sums = ['db.client.connection.', 'v8js.memory.', 'http.server.'];

/** A counter is an observable counter, a pool's connections may be added up, everything else is a gauge. */
function createObservable(meter: Meter, row: MetricRow): ObservableGauge {
  if (row.type === 'counter') return meter.createObservableCounter(row.otel!, options(row));
  const addsUp = sums.some((start) => row.otel!.startsWith(start));
  return addsUp
    ? meter.createObservableUpDownCounter(row.otel!, options(row))
    : meter.createObservableGauge(row.otel!, options(row));
}

function observe(meter: Meter, observables: Observables, newest: () => readonly Reading[]): () => void {
  const list = [...observables.values()];
  const callback: Parameters<Meter['addBatchObservableCallback']>[0] = (result) => {
    for (const reading of newest()) {
      const instrument = observables.get(reading.metric);
      if (instrument === undefined || !('value' in reading)) continue;
      result.observe(instrument, reading.value, attributes(metricCatalog[reading.metric], reading.labels));
    }
  };
  meter.addBatchObservableCallback(callback, list);
  return () => meter.removeBatchObservableCallback(callback, list);
}

/** What the conventions want as a number. */
const numbers: readonly string[] = ['http.response.status_code'];

/** What is empty is left out. Values of the row's `otelAttributes` follow those of its labels. */
function attributes(row: MetricRow, values: readonly string[]): Attributes {
  const names = [...row.labels.map(({ otel }) => otel), ...(row.otelAttributes ?? [])];
  return Object.fromEntries(
    names.flatMap((name, index) => {
      const text = values[index] ?? '';
      return text === ''
        ? []
        : [[name, numbers.includes(name) && text !== overflowValue ? Number(text) : text]];
    }),
  );
}
