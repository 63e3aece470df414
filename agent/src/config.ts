import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, parse, resolve } from 'node:path';
import { metricCatalog } from './catalog/metrics.js';
import { defaultRunbookUrl } from './catalog/runbooks.js';
import { defaultDirectory } from './default-directory.js';
import { FaultlineError } from './errors.js';

/** Levels of the agent's own log lines, as pino names them. */
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Every setting, after defaults and checks. Plain data: it crosses to the sidecar as it is. */
export interface AgentConfig {
  readonly service: string;
  /** TCP port, 0 for a free one, null for no server. */
  readonly port: number | null;
  readonly host: string;
  readonly token: string | null;
  readonly directory: string;
  /** Unit: ms. */
  readonly stallMs: number;
  /** Unit: ms. Stalls within this time after the process started are counted but open no incident. */
  readonly startupGraceMs: number;
  /** Ends with a slash. */
  readonly runbookUrl: string;
  readonly logLevel: LogLevel;
  /** Whether synchronous built-ins leave their name in shared memory while they run. */
  readonly breadcrumbs: 'on' | 'off';
  /** Whether V8 samples allocations, so that a leak can be traced to its code. */
  readonly heapSampling: 'on' | 'off';
  /** Connection string through which the database of an exhausted pool is asked; null asks none. */
  readonly poolAskUrl: string | null;
  /** The signal that asks for a heap snapshot. */
  readonly snapshotSignal: 'SIGUSR2' | 'off';
  /** Names of the labels of HTTP metrics in Prometheus: those for method, route and status. */
  readonly httpLabels: readonly string[];
  /** Whether to publish OpenTelemetry instruments; `auto` steps back where the host already does. */
  readonly otel: 'auto' | 'on' | 'off';
}

/** One setting: its variable, what it accepts, its default and what it means. Documentation is made from this. */
export interface SettingRow<Key extends keyof AgentConfig = keyof AgentConfig> {
  readonly key: Key;
  readonly variable: string;
  readonly accepts: string;
  readonly fallback: string;
  readonly meaning: string;
  /** Undefined when the text is not acceptable. */
  readonly parse: (text: string) => AgentConfig[Key] | undefined;
}

const row = <Key extends keyof AgentConfig>(setting: SettingRow<Key>): SettingRow =>
  setting as unknown as SettingRow;

const integer = (min: number, max: number) => (text: string) => {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
};
const oneOf =
  <const T extends string>(values: readonly T[]) =>
  (text: string) =>
    values.find((value) => value === text);
const parseUrl = (text: string) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:', 'file:'].includes(url.protocol)) return undefined;
  return text.endsWith('/') ? text : `${text}/`;
};
const parsePostgresUrl = (text: string) =>
  /^postgres(ql)?:\/\//.test(text) && URL.canParse(text) ? text : undefined;
/** Three names of labels. Prometheus keeps those with two underscores to itself, and `le` for the buckets. */
const parseHttpLabels = (text: string) => {
  const names = text.split(',').map((name) => name.trim());
  const isName = (name: string): boolean => /^(?!__)[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name) && name !== 'le';
  return names.length === 3 && new Set(names).size === 3 && names.every(isName) ? names : undefined;
};
const parsePort = (text: string) => (text === 'off' ? null : integer(0, 65_535)(text));
/** Visible ASCII only: a token travels in an HTTP header. */
const parseToken = (text: string) => (/^[\x21-\x7e]{16,512}$/.test(text) ? text : undefined);

const defaultHttpLabels = metricCatalog.httpRequestDuration.labels.map(({ prometheus }) => prometheus);

/** The one table of settings. */
export const settings: readonly SettingRow[] = [
  row({
    key: 'port',
    variable: 'FAULTLINE_PORT',
    accepts: 'an integer from 0 to 65535, or "off"',
    fallback: '9464',
    meaning:
      "Port of the sidecar's HTTP server; 0 picks a free one, off starts none. If taken, a free one is picked.",
    parse: parsePort,
  }),
  row({
    key: 'host',
    variable: 'FAULTLINE_HOST',
    accepts: 'an IP address or a host name',
    fallback: '127.0.0.1',
    meaning: 'Address to bind to.',
    parse: (text) => (/^[A-Za-z0-9.:_-]{1,253}$/.test(text) ? text : undefined),
  }),
  row({
    key: 'token',
    variable: 'FAULTLINE_TOKEN',
    accepts: '16 to 512 visible ASCII characters without spaces',
    fallback: '',
    meaning:
      'Bearer token for everything but /metrics and /healthz. Without it those routes answer on loopback only.',
    parse: parseToken,
  }),
  row({
    key: 'directory',
    variable: 'FAULTLINE_DIR',
    accepts: 'a path',
    fallback: defaultDirectory(),
    meaning: 'Evidence and discovery files, readable by their owner only.',
    parse: (text) => (text.includes('\0') ? undefined : resolve(workingDirectory(), text)),
  }),
  row({
    key: 'stallMs',
    variable: 'FAULTLINE_STALL_MS',
    accepts: 'an integer from 20 to 60000',
    fallback: '100',
    meaning: 'A main thread that is silent for this many milliseconds is stalled.',
    parse: integer(20, 60_000),
  }),
  row({
    key: 'startupGraceMs',
    variable: 'FAULTLINE_STARTUP_GRACE_MS',
    accepts: 'an integer from 0 to 600000',
    fallback: '5000',
    meaning:
      'Stalls this many milliseconds after the process started are counted but open no incident; memory gets twelve times as long.',
    parse: integer(0, 600_000),
  }),
  row({
    key: 'runbookUrl',
    variable: 'FAULTLINE_RUNBOOK_URL',
    accepts: 'an http, https or file URL',
    fallback: defaultRunbookUrl,
    meaning: 'Prefix of runbook links.',
    parse: parseUrl,
  }),
  row({
    key: 'logLevel',
    variable: 'FAULTLINE_LOG',
    accepts: logLevels.join(', '),
    fallback: 'info',
    meaning: "Level of the agent's own log lines: pino JSON on stderr.",
    parse: oneOf(logLevels),
  }),
  row({
    key: 'breadcrumbs',
    variable: 'FAULTLINE_BREADCRUMBS',
    accepts: 'on, off',
    fallback: 'on',
    meaning:
      'Wraps synchronous built-ins, so that the one that blocks is named while it still runs, and asynchronous ones of crypto and zlib, so that those that are pending are counted.',
    parse: oneOf(['on', 'off']),
  }),
  row({
    key: 'heapSampling',
    variable: 'FAULTLINE_HEAP_SAMPLING',
    accepts: 'on, off',
    fallback: 'off',
    meaning:
      "Uses V8's sampling heap profiler, so that a leak names its code; with off it is noticed and names none. A suspected growth then costs some collections beside the main thread; each heap profile that is read, two for a leak as a rule, forces one up to Node 24, and waits until V8 has marked most of it beside the main thread.",
    parse: oneOf(['on', 'off']),
  }),
  row({
    key: 'poolAskUrl',
    variable: 'FAULTLINE_POOL_ASK_URL',
    accepts: 'a postgres:// or postgresql:// URL',
    fallback: '',
    meaning:
      'Connection string by which PostgreSQL is asked what the connections of an exhausted pool do there; the pool must lead to the same host, port and database. Without it nothing is asked.',
    parse: parsePostgresUrl,
  }),
  row({
    key: 'snapshotSignal',
    variable: 'FAULTLINE_SNAPSHOT_SIGNAL',
    accepts: 'SIGUSR2, off',
    fallback: 'off',
    meaning:
      'The signal that asks for a heap snapshot, as the package heapdump does; the log says where the file lies.',
    parse: oneOf(['SIGUSR2', 'off']),
  }),
  row({
    key: 'httpLabels',
    variable: 'FAULTLINE_HTTP_LABELS',
    accepts: 'three different names of Prometheus labels, separated by commas',
    fallback: defaultHttpLabels.join(),
    meaning:
      'Names of the labels of `http_request_duration_seconds` for method, route and status, in this order, so that dashboards of before go on. The dashboards and rules of this project want the default.',
    parse: parseHttpLabels,
  }),
  row({
    key: 'otel',
    variable: 'FAULTLINE_OTEL',
    accepts: 'auto, on, off',
    fallback: 'auto',
    meaning:
      'OpenTelemetry instruments; auto publishes only what no loaded instrumentation of the host publishes.',
    parse: oneOf(['auto', 'on', 'off']),
  }),
];

/** Options of startAgent(). Each one wins over its environment variable and has the same limits. */
export type AgentOptions = { readonly [Key in keyof AgentConfig]?: AgentConfig[Key] | undefined };

/** Reads every setting. Throws ERR_FAULTLINE_CONFIG that names the variable, what it accepts and what it got. */
export function readConfig(environment: NodeJS.ProcessEnv, options: AgentOptions = {}): AgentConfig {
  const values: Record<string, unknown> = {
    service: options.service ?? readServiceName(environment),
    token: null,
  };
  for (const setting of settings) {
    const option = options[setting.key];
    const text = option === undefined ? environment[setting.variable] : optionText(setting.key, option);
    const given = text !== undefined && text !== '';
    const value = given
      ? setting.parse(text)
      : setting.fallback === ''
        ? null
        : setting.parse(setting.fallback);
    if (value === undefined) throw configError(setting, text ?? '', option !== undefined);
    values[setting.key] = value;
  }
  return values as unknown as AgentConfig;
}

/** Null means none: no server, no token. */
function optionText(key: keyof AgentConfig, option: AgentConfig[keyof AgentConfig]): string {
  if (option !== null) return String(option);
  return key === 'port' ? 'off' : '';
}

const secrets: ReadonlySet<keyof AgentConfig> = new Set(['token', 'poolAskUrl']);

function configError(setting: SettingRow, text: string, isOption: boolean): FaultlineError {
  // A bad secret is still one: say how long it is, not what it is.
  const got = secrets.has(setting.key)
    ? `a text of ${text.length} characters`
    : JSON.stringify(text.slice(0, 200));
  const name = isOption ? `The option ${setting.key}` : setting.variable;
  return new FaultlineError('ERR_FAULTLINE_CONFIG', `${name} must be ${setting.accepts}; got ${got}.`);
}

/** The working directory, or the root where it has been deleted: a service can live without one. */
export function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return parse(tmpdir()).root;
  }
}

function readServiceName(environment: NodeJS.ProcessEnv): string {
  return (
    environment.OTEL_SERVICE_NAME || environment.FAULTLINE_SERVICE || readPackageName() || 'unknown-service'
  );
}

/** Name in the package.json nearest to the main script, else to the working directory; null when there is none. */
function readPackageName(): string | null {
  const script = mainScript();
  return (script === null ? null : nameAbove(dirname(script))) ?? nameAbove(workingDirectory());
}

/** Path of the script that the process was started with; null when there is none. */
export function mainScript(): string | null {
  const script = process.argv[1];
  return script === undefined ? null : resolve(workingDirectory(), script);
}

function nameAbove(start: string): string | null {
  for (let folder = start; ; folder = dirname(folder)) {
    try {
      const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown };
      if (typeof name === 'string' && name !== '') return name.slice(0, 200);
    } catch {
      // Most folders have no package.json.
    }
    if (folder === dirname(folder)) return null;
  }
}
