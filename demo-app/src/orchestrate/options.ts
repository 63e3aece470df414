import { parseArguments, parseNumber } from '../arguments.js';
import { settings } from '../config.js';
import { Failure } from '../failure.js';

/** What the command line of the demo says. */
export interface DemoOptions {
  readonly load: boolean;
  /** Requests a second. */
  readonly rate: number;
  /** Unit: s; 0 for no exports. */
  readonly exportEverySeconds: number;
  /** Unit: s; 0 for no visits to the smaller features. */
  readonly featureEverySeconds: number;
  /** Readers of the export with a slow line. */
  readonly slowReaders: number;
  /** Seed of the load. */
  readonly seed: number;
  /** Null leaves it to PORT. */
  readonly port: number | null;
  readonly quiet: boolean;
  readonly agent: boolean;
  readonly chaos: boolean;
  /** Whether the TCP proxy stands between the API and the pricing service. */
  readonly pricingProxy: boolean;
  /** Size of the API's heap; null leaves it to Node. Unit: MB. */
  readonly heapMb: number | null;
  /** What the API may use of memory in all, by a control group, as a container's limit; null leaves it free. Unit: MB. */
  readonly containerMb: number | null;
  /** How many files and sockets the API may have open; null leaves it to the system. */
  readonly descriptors: number | null;
}

const flags = {
  'no-load': { type: 'boolean', default: false },
  rate: { type: 'string', default: '40' },
  'export-every': { type: 'string', default: '5' },
  'feature-every': { type: 'string', default: '2' },
  'slow-readers': { type: 'string', default: '0' },
  seed: { type: 'string', default: '1' },
  port: { type: 'string' },
  quiet: { type: 'boolean', default: false },
  'no-agent': { type: 'boolean', default: false },
  'no-chaos': { type: 'boolean', default: false },
  'behind-proxy': { type: 'string' },
  'heap-mb': { type: 'string' },
  'container-mb': { type: 'string' },
  descriptors: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Null when help is wanted. Throws a Failure with exit code 2 for wrong usage. */
export function parseOptions(args: readonly string[]): DemoOptions | null {
  const values = parseArguments(args, flags);
  if (values.help) return null;
  return {
    load: !values['no-load'],
    rate: parseNumber('rate', values.rate, { min: 0.1, max: 5_000 }),
    exportEverySeconds: parseNumber('export-every', values['export-every'], {
      min: 0.2,
      max: 3_600,
      orZero: true,
    }),
    featureEverySeconds: parseNumber('feature-every', values['feature-every'], {
      min: 0.2,
      max: 3_600,
      orZero: true,
    }),
    slowReaders: parseNumber('slow-readers', values['slow-readers'], { min: 0, max: 100, whole: true }),
    seed: parseNumber('seed', values.seed, { min: 0, max: 4_294_967_295, whole: true }),
    port:
      values.port === undefined
        ? null
        : parseNumber('port', values.port, { min: 0, max: 65_535, whole: true }),
    quiet: values.quiet,
    agent: !values['no-agent'],
    chaos: !values['no-chaos'],
    pricingProxy: readBehindProxy(values['behind-proxy']),
    heapMb: readMegabytes('heap-mb', values['heap-mb']),
    containerMb: readMegabytes('container-mb', values['container-mb']),
    descriptors:
      values.descriptors === undefined
        ? null
        : parseNumber('descriptors', values.descriptors, { min: 128, max: 65_536, whole: true }),
  };
}

const readMegabytes = (name: string, text: string | undefined): number | null =>
  text === undefined ? null : parseNumber(name, text, { min: 64, max: 65_536, whole: true });

function readBehindProxy(part: string | undefined): boolean {
  if (part === undefined || part === 'pricing') return part !== undefined;
  throw new Failure(
    'ERR_DEMO_USAGE',
    `--behind-proxy must be pricing; got ${JSON.stringify(part)}. See --help.`,
    2,
  );
}

/** Text of --help. */
export function helpText(): string {
  const width = Math.max(...Object.values(settings).map(({ variable }) => variable.length));
  const variables = Object.values(settings).map(
    ({ variable, fallback, meaning }) =>
      `  ${variable.padEnd(width)}  ${meaning}${fallback === '' ? '' : ` Default ${fallback}.`}`,
  );
  return `The demo: PostgreSQL, pricing service, product catalog API with Faultline inside, and load.

Usage: npm start -- [options]

  --no-load            start no load
  --rate N             requests a second, 0.1 to 5000 (default 40)
  --export-every S     seconds between two exports of the load, 0.2 to 3600, or 0 for none (default 5)
  --feature-every S    seconds between two visits of the load to the same one of the smaller features, 0.2 to 3600,
                       or 0 for none (default 2)
  --slow-readers N     readers of the export with a slow line, 0 to 100 (default 0)
  --seed N             seed of the load (default 1)
  --port N             port of the API, 0 for a free one (default: PORT, else 3000)
  --quiet              no progress lines
  --no-agent           the API without Faultline
  --behind-proxy PART  a TCP proxy in front of a part, for faults of the network; the part is pricing
  --heap-mb N          size of the API's heap in MB, 64 to 65536 (default: Node's)
  --container-mb N     what the API may use of memory in all, in MB, 64 to 65536, as a container's limit (default: no
                       limit); wants root on Linux
  --descriptors N      files and sockets that the API may have open, 128 to 65536 (default: the system's)
  --no-chaos           the API without its chaos controls
  --help

Environment (besides that of Faultline and of OpenTelemetry):
${variables.join('\n')}

Ctrl-C stops everything and leaves nothing behind. Exit codes: 0 stopped, 1 failed, 2 wrong usage.
`;
}
