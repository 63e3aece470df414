import { parseArguments, parseNumber } from '../src/arguments.js';
import { describeFailure, exitCodeOf, Failure } from '../src/failure.js';

/** What is switched on and off under load, and how. */
const toggles = {
  agent: { on: 'start', off: 'stop', named: 'the agent' },
  'heap-sampling': {
    on: 'start-with-sampling',
    off: 'start-without-sampling',
    named: 'heap sampling',
  },
} as const;

/** What the command line of the benchmark asked for. */
export interface OverheadOptions {
  /** Comparisons under load, A B B A each. */
  readonly quadruples: number;
  /** Pairs of windows of an idle process. */
  readonly idle: number;
  /** Pairs of fresh processes whose memory is compared. */
  readonly pairs: number;
  readonly toggle: (typeof toggles)[keyof typeof toggles];
  readonly json: boolean;
}

const flags = {
  quadruples: { type: 'string', default: '24' },
  idle: { type: 'string', default: '6' },
  pairs: { type: 'string', default: '4' },
  toggle: { type: 'string', default: 'agent' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;
const range = { min: 1, max: 9_999, whole: true } as const;

const usage = `Usage: npm run bench -- overhead [options]

  --quadruples N  comparisons under load, from ${range.min} to ${range.max} (default ${flags.quadruples.default})
  --idle N        pairs of windows of an idle process, from ${range.min} to ${range.max} (default ${flags.idle.default})
  --pairs N       pairs of fresh processes whose memory is compared, from ${range.min} to ${range.max} (default ${flags.pairs.default})
  --toggle WHAT   what is switched on and off: ${Object.keys(toggles).join(' or ')} (default ${flags.toggle.default})
  --json          the result as JSON on stdout
  --help          these lines
`;

/** Reads the options. `--help` prints them and ends the process; wrong usage ends it with 2 and one line. */
export function readOptions(): OverheadOptions {
  try {
    const options = parse(process.argv.slice(2));
    if (options !== null) return options;
  } catch (error) {
    process.stderr.write(`${describeFailure(error)}\n`);
    process.exit(exitCodeOf(error));
  }
  process.stdout.write(usage);
  process.exit(0);
}

/** Null when help is wanted. */
function parse(args: readonly string[]): OverheadOptions | null {
  const values = parseArguments(args, flags);
  if (values.help) return null;
  return {
    quadruples: parseNumber('quadruples', values.quadruples, range),
    idle: parseNumber('idle', values.idle, range),
    pairs: parseNumber('pairs', values.pairs, range),
    toggle: readToggle(values.toggle),
    json: values.json,
  };
}

function readToggle(text: string): OverheadOptions['toggle'] {
  if (isToggle(text)) return toggles[text];
  const names = Object.keys(toggles).join(' or ');
  throw new Failure('ERR_DEMO_USAGE', `--toggle must be ${names}; got ${JSON.stringify(text)}.`, 2);
}

const isToggle = (text: string): text is keyof typeof toggles => Object.hasOwn(toggles, text);
