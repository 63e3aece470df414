import { Failure } from './failure.js';

/** One setting of the API process. Documentation is made from these rows. */
export interface Setting<Value> {
  readonly variable: string;
  /** The accepted range in words; part of the error message. */
  readonly accepts: string;
  /** Text that is parsed when the variable is unset or empty. */
  readonly fallback: string;
  readonly meaning: string;
  /** Whether the value must never be printed. */
  readonly secret: boolean;
  /** Undefined when the text is not acceptable. */
  readonly parse: (text: string) => Value | undefined;
}

/** Levels of the log, as pino names them. */
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
type LogLevel = (typeof logLevels)[number];

type Row<Value> = Omit<Setting<Value>, 'secret'>;

const plain = <Value>(row: Row<Value>): Setting<Value> => ({ ...row, secret: false });

const integer = (
  variable: string,
  fallback: number,
  min: number,
  max: number,
  meaning: string,
): Setting<number> =>
  plain({
    variable,
    accepts: `an integer from ${min} to ${max}`,
    fallback: String(fallback),
    meaning,
    parse(text) {
      const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  });

/** A URL with one of the given protocols; empty means null. A port must be given for us to name it in errors. */
const optionalUrl = (protocols: readonly string[]) => (text: string) => {
  if (text === '') return null;
  return URL.canParse(text) && protocols.includes(new URL(text).protocol) ? text : undefined;
};

/** The one table of settings. */
export const settings = {
  port: integer('PORT', 3000, 0, 65_535, 'TCP port of the API; 0 picks a free one.'),
  host: plain({
    variable: 'HOST',
    accepts: 'an IP address or a host name',
    fallback: '127.0.0.1',
    meaning: 'Address that the API binds to.',
    parse: (text) => (/^[A-Za-z0-9.:_-]{1,253}$/.test(text) ? text : undefined),
  }),
  databaseUrl: {
    variable: 'DATABASE_URL',
    accepts: 'a postgres:// or postgresql:// URL',
    fallback: '',
    meaning: 'PostgreSQL server. The API needs it; `npm start` starts an embedded server when it is unset.',
    secret: true,
    parse: optionalUrl(['postgres:', 'postgresql:']),
  },
  databasePoolMax: integer('DATABASE_POOL_MAX', 10, 1, 100, 'Most database connections at a time.'),
  databaseConnectMs: integer(
    'DATABASE_CONNECT_TIMEOUT_MS',
    5_000,
    100,
    60_000,
    'Longest wait for a database connection, in milliseconds.',
  ),
  databaseStatementMs: integer(
    'DATABASE_STATEMENT_TIMEOUT_MS',
    10_000,
    100,
    600_000,
    'Longest time for one database statement, in milliseconds.',
  ),
  pricingUrl: plain({
    variable: 'PRICING_URL',
    accepts: 'an http:// URL',
    fallback: '',
    meaning: 'Pricing service. The API needs it; `npm start` sets it.',
    parse: optionalUrl(['http:']),
  }),
  pricingProxyUrl: plain({
    variable: 'PRICING_PROXY_URL',
    accepts: 'an http:// URL',
    fallback: '',
    meaning:
      'API of the TCP proxy in front of the pricing service; `npm start -- --behind-proxy pricing` sets it.',
    parse: optionalUrl(['http:']),
  }),
  pricingTimeoutMs: integer(
    'PRICING_TIMEOUT_MS',
    500,
    10,
    60_000,
    'Longest wait for a price, in milliseconds. Later than that, products come without price.',
  ),
  pricingSocketsMax: integer('PRICING_SOCKETS_MAX', 32, 1, 1_000, 'Most sockets to the pricing service.'),
  adminToken: {
    variable: 'ADMIN_TOKEN',
    accepts: '16 to 512 visible ASCII characters without spaces',
    fallback: '',
    meaning: 'Bearer token of the admin routes, which are closed without it; `npm start` makes one up.',
    secret: true,
    // Visible ASCII only, because a token travels in an HTTP header.
    parse: (text: string) => (text === '' ? null : /^[\x21-\x7e]{16,512}$/.test(text) ? text : undefined),
  },
  cacheMaxEntries: integer('CACHE_MAX_ENTRIES', 1_000, 1, 100_000, 'Most products kept in the cache.'),
  cacheTtlMs: integer('CACHE_TTL_MS', 30_000, 1, 3_600_000, 'Age at which a cached product is read again.'),
  rateLimitPerMinute: integer(
    'RATE_LIMIT_PER_MINUTE',
    60_000,
    1,
    10_000_000,
    'Requests a minute that one client may send.',
  ),
  adminRateLimitPerMinute: integer(
    'ADMIN_RATE_LIMIT_PER_MINUTE',
    300,
    1,
    100_000,
    'Requests a minute that one client may send to admin routes.',
  ),
  exportsMax: integer('EXPORTS_MAX', 2, 1, 20, 'Exports at a time; each holds a database connection.'),
  exportTimeoutMs: integer(
    'EXPORT_TIMEOUT_MS',
    60_000,
    100,
    600_000,
    'Longest time for one export, in milliseconds; then the connection is given back.',
  ),
  requestTimeoutMs: integer(
    'REQUEST_TIMEOUT_MS',
    30_000,
    1_000,
    600_000,
    'Longest time for a client to send a whole request, in milliseconds.',
  ),
  keepAliveTimeoutMs: integer(
    'KEEP_ALIVE_TIMEOUT_MS',
    65_000,
    1_000,
    600_000,
    'Idle time of a kept connection, in milliseconds; longer than that of usual load balancers.',
  ),
  shutdownTimeoutMs: integer(
    'SHUTDOWN_TIMEOUT_MS',
    8_000,
    100,
    120_000,
    'Time that requests in flight get on shutdown, in milliseconds.',
  ),
  logLevel: plain<LogLevel>({
    variable: 'LOG_LEVEL',
    accepts: `one of ${logLevels.join(', ')}`,
    fallback: 'info',
    meaning: 'Least severe log lines that are written. `npm start` sets warn.',
    parse: (text) => logLevels.find((level) => level === text),
  }),
} as const;

/** Every setting after defaults and checks. */
export type Config = {
  readonly [Key in keyof typeof settings]: (typeof settings)[Key] extends Setting<infer Value>
    ? Value
    : never;
};

/** Reads every setting. Throws a Failure with exit code 2 that names variable, range and value. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const read = <Value>(setting: Setting<Value>): Value => {
    const text = environment[setting.variable] || setting.fallback;
    const value = setting.parse(text);
    if (value !== undefined) return value;
    // A bad secret is still a secret: say how long it is, not what it is.
    const got = setting.secret ? `a text of ${text.length} characters` : JSON.stringify(text.slice(0, 200));
    throw new Failure('ERR_DEMO_CONFIG', `${setting.variable} must be ${setting.accepts}; got ${got}.`, 2);
  };
  return {
    port: read(settings.port),
    host: read(settings.host),
    databaseUrl: read(settings.databaseUrl),
    databasePoolMax: read(settings.databasePoolMax),
    databaseConnectMs: read(settings.databaseConnectMs),
    databaseStatementMs: read(settings.databaseStatementMs),
    pricingUrl: read(settings.pricingUrl),
    pricingProxyUrl: read(settings.pricingProxyUrl),
    pricingTimeoutMs: read(settings.pricingTimeoutMs),
    pricingSocketsMax: read(settings.pricingSocketsMax),
    adminToken: read(settings.adminToken),
    cacheMaxEntries: read(settings.cacheMaxEntries),
    cacheTtlMs: read(settings.cacheTtlMs),
    rateLimitPerMinute: read(settings.rateLimitPerMinute),
    adminRateLimitPerMinute: read(settings.adminRateLimitPerMinute),
    exportsMax: read(settings.exportsMax),
    exportTimeoutMs: read(settings.exportTimeoutMs),
    requestTimeoutMs: read(settings.requestTimeoutMs),
    keepAliveTimeoutMs: read(settings.keepAliveTimeoutMs),
    shutdownTimeoutMs: read(settings.shutdownTimeoutMs),
    logLevel: read(settings.logLevel),
  };
}

/** The value of a setting that this process cannot do without. */
export function required<Value>(setting: Setting<Value | null>, value: Value | null): Value {
  if (value !== null) return value;
  throw new Failure('ERR_DEMO_CONFIG', `${setting.variable} must be ${setting.accepts}; it is not set.`, 2);
}
