import { once } from 'node:events';
import { createServer } from 'node:http';
import { type MetricId, type MetricRow, metricCatalog } from '@faultline/agent/catalog';
import { metricIds } from '../../src/checks/known-series.js';

/** A process that exports every metric of the catalog under its Prometheus name, with numbers that move. */
export interface FakeExporter {
  /** Host and port to scrape. */
  readonly target: string;
  /** From now on the loop is blocked a second out of three. */
  block(): void;
  close(): Promise<void>;
}

const valuesOf: Readonly<Record<string, readonly string[]>> = {
  cause: ['javascript', 'gc'],
  kind: ['event-loop-stall'],
  state: ['active', 'idle'],
  space: ['new', 'old'],
  status_code: ['200', '503', 'aborted'],
  db_client_connection_state: ['idle', 'used'],
};

/** Starts one on a free port of the loopback interface. */
export async function startFakeExporter(): Promise<FakeExporter> {
  const startedMs = Date.now();
  let blockedSinceMs: number | null = null;
  const server = createServer((_, response) => {
    const blockedSeconds = blockedSinceMs === null ? 0 : (Date.now() - blockedSinceMs) / 3_000;
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(exposition((Date.now() - startedMs) / 1_000, blockedSeconds));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return {
    target: `127.0.0.1:${address.port}`,
    block() {
      blockedSinceMs ??= Date.now();
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function exposition(seconds: number, blockedSeconds: number): string {
  return metricIds()
    .map((id) => metricLines(id, metricCatalog[id], seconds, blockedSeconds))
    .join('');
}

function metricLines(id: MetricId, row: MetricRow, seconds: number, blockedSeconds: number): string {
  if (row.prometheus === null) return '';
  const series = labelSets(row).map((labels) => {
    if (row.type === 'histogram') return histogramLines(row, labels, seconds);
    return `${row.prometheus}{${labels.join(',')}} ${readingOf(id, row, labels, seconds, blockedSeconds)}\n`;
  });
  return `# TYPE ${row.prometheus} ${row.type}\n${series.join('')}`;
}

/** Healthy numbers, but for those that tell of a blocked loop. */
function readingOf(
  id: MetricId,
  row: MetricRow,
  labels: readonly string[],
  seconds: number,
  blockedSeconds: number,
): number {
  if (id === 'processStartTime') return Date.now() / 1_000 - seconds - 3_600;
  if (id === 'blocked') return labels.includes('cause="javascript"') ? blockedSeconds : 0;
  if (id === 'incidentActive' || id === 'chaosActive') return blockedSeconds > 0 ? 1 : 0;
  if (id === 'eventLoopDelayMax') return blockedSeconds > 0 ? 1.02 : 0.004;
  if (id === 'heapTimeToLimit') return 10 * 86_400;
  if (id === 'processMaxFds') return 1_024;
  if (id === 'handleGrowth') return 0;
  if (id.endsWith('TimeToLimit')) return 10 * 86_400;
  if (id === 'heapRealLimit') return 100;
  // Well below every limit: several alerts begin at a tenth of the time.
  return row.type === 'counter' ? 0.05 * seconds : 10 + Math.sin(seconds);
}

function labelSets(row: MetricRow): readonly (readonly string[])[] {
  return row.labels.reduce<readonly (readonly string[])[]>(
    (sets, { prometheus }) =>
      sets.flatMap((set) =>
        (valuesOf[prometheus] ?? ['any']).map((value) => [...set, `${prometheus}="${value}"`]),
      ),
    [[]],
  );
}

/** Ten observations a second, spread evenly over the buckets. */
function histogramLines(row: MetricRow, labels: readonly string[], seconds: number): string {
  const bounds = [...(row.buckets ?? []).map(String), '+Inf'];
  const count = Math.floor(10 * seconds);
  const lines = bounds.map((bound, index) => {
    const below = Math.floor((count * (index + 1)) / bounds.length);
    return `${row.prometheus}_bucket{${[...labels, `le="${bound}"`].join(',')}} ${below}\n`;
  });
  const own = labels.join(',');
  return `${lines.join('')}${row.prometheus}_sum{${own}} ${0.005 * count}\n${row.prometheus}_count{${own}} ${count}\n`;
}
