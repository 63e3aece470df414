import { requestOnce } from '../providers/http-request.js';

/** Unit: ms. */
const timeoutMs = 5000;

/** An alert as one of the two servers lists it. */
export interface ListedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Unit: ms since the epoch; null where the server does not tell. */
  readonly startsAtMs: number | null;
}

/** One series of a query's result. */
interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: string;
}

/** Runs an instant query and prints one line a series: its labels without the metric's name, sorted, and the
 *  value. A query without a result prints `no data`.
 *  @throws Error with Prometheus' own words when the query is refused. */
export async function queryLines(
  prometheusUrl: string,
  promql: string,
  signal: AbortSignal,
): Promise<string> {
  const series = await query(prometheusUrl, promql, signal);
  if (series.length === 0) return 'no data';
  return series.map(printSeries).sort().join('\n');
}

/** Alerts that Prometheus itself says are firing. */
export async function firingInPrometheus(
  prometheusUrl: string,
  signal: AbortSignal,
): Promise<readonly ListedAlert[]> {
  const body = await getJson(`${prometheusUrl}/api/v1/alerts`, signal);
  const alerts: unknown = Object(Object(body).data).alerts;
  return listOf(alerts)
    .filter((alert) => Object(alert).state === 'firing')
    .map(readAlert);
}

/** Alerts that Alertmanager holds, silenced and inhibited ones included: those have fired as well. */
export async function alertsInAlertmanager(
  url: string,
  signal: AbortSignal,
): Promise<readonly ListedAlert[]> {
  const body = await getJson(`${url}/api/v2/alerts?active=true&silenced=true&inhibited=true`, signal);
  return listOf(body).map(readAlert);
}

/** How many targets of the job are up. */
export async function targetsUp(prometheusUrl: string, signal: AbortSignal): Promise<number> {
  const series = await query(prometheusUrl, 'count(up == 1)', signal);
  return Number(series[0]?.value ?? 0);
}

async function query(prometheusUrl: string, promql: string, signal: AbortSignal): Promise<readonly Series[]> {
  const url = `${prometheusUrl}/api/v1/query?query=${encodeURIComponent(promql)}`;
  const { data } = Object(await getJson(url, signal));
  const { resultType, result } = Object(data);
  // A scalar is one pair of time and value without labels.
  if (resultType === 'scalar') return [{ metric: {}, value: String(listOf(result)[1]) }];
  return listOf(result).map((item) => ({
    metric: textsOf(Object(item).metric),
    value: String(listOf(Object(item).value)[1]),
  }));
}

async function getJson(url: string, signal: AbortSignal): Promise<unknown> {
  const { status, text } = await requestOnce({ method: 'GET', url, timeoutMs, signal });
  const body: unknown = JSON.parse(text);
  if (status === 200) return body;
  throw new Error(`${new URL(url).pathname} answered ${status}: ${Object(body).error ?? text.slice(0, 200)}`);
}

function readAlert(alert: unknown): ListedAlert {
  const { labels, annotations, startsAt } = Object(alert);
  const startsAtMs = typeof startsAt === 'string' ? Date.parse(startsAt) : Number.NaN;
  return {
    labels: textsOf(labels),
    annotations: textsOf(annotations),
    startsAtMs: Number.isFinite(startsAtMs) ? startsAtMs : null,
  };
}

function printSeries({ metric, value }: Series): string {
  const labels = Object.entries(metric)
    .filter(([name]) => name !== '__name__')
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, text]) => `${name}=${JSON.stringify(text)}`);
  return `{${labels.join(', ')}} ${value}`;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(Object(value)).map(([name, text]) => [name, String(text)]));
}
