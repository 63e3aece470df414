import { parseArgs } from 'node:util';
import { DrillError } from '../drill/errors.js';
import { readUrl } from '../drill/target/given.js';
import { defaultProxyListen } from '../proxy/start.js';

/** What the command line asks for. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'list'; readonly json: boolean }
  | { readonly name: 'check-runbooks'; readonly json: boolean }
  | ({ readonly name: 'proxy' } & ProxyFlags)
  | ({ readonly name: 'run'; readonly drill: string; readonly dryRun: boolean } & RunFlags)
  | ({ readonly name: 'matrix' } & RunFlags);

/** Flags of the commands that run drills. */
export interface RunFlags {
  readonly json: boolean;
  readonly seed: number;
  /** Null starts the demo. */
  readonly target: string | null;
  /** Null means the folder `journals` of the repository. */
  readonly journal: string | null;
  readonly prometheus: boolean;
}

/** Flags of the TCP proxy. */
export interface ProxyFlags {
  /** Where its API listens. */
  readonly listen: string;
  /** File with the proxies to begin with; null for none. */
  readonly config: string | null;
  /** Hosts beside loopback. */
  readonly allowedHosts: readonly string[];
  readonly seed: number;
}

/** Text of --help. */
export const helpText = `Closed-loop drills: break the service, and prove that the diagnosis, the alert and the runbook are right.

Usage: faultline-drill <command> [options]

  list                 the drills, one a line
  run ID               run one drill
  matrix               run every drill, and print faults against incidents
  check-runbooks       check every runbook page without running it
  proxy                a TCP proxy with Toxiproxy's HTTP API (docs/proxy.md), until Ctrl-C

Options of run and matrix:
  --json               the result as JSON on stdout; progress goes to stderr
  --seed N             seed of the load, 0 to 4294967295 (default 1)
  --target URL         a service that runs already, instead of the demo
  --journal DIR        folder of the journals (default: journals)
  --no-prometheus      leave Prometheus and Alertmanager out
  --dry-run            say what run would do, and do nothing

Options of proxy:
  --listen HOST:PORT   where its API listens, on this machine only (default: ${defaultProxyListen})
  --config FILE        proxies to begin with, a JSON list as POST /populate takes it
  --allow HOST         a host beside loopback that may be listened on or led to; may be given again, and needs
                       FAULTLINE_CHAOS=on, FAULTLINE_CHAOS_TOKEN and FAULTLINE_CHAOS_ENVIRONMENTS
  --seed N             seed of toxicity and jitter (default 1)

Environment:
  FAULTLINE_REQUIRE_PROMETHEUS=1   a missing Prometheus fails the drill instead of skipping its part
  FAULTLINE_SAFETY_LEVER           path of a file; as soon as it exists, a running drill ends
  With --target: FAULTLINE_URL, FAULTLINE_TOKEN, FAULTLINE_CHAOS_URL (default: /chaos of the target),
  FAULTLINE_CHAOS_TOKEN, ADMIN_TOKEN, PRICING_URL

Exit codes: 0 passed, 1 not passed, 2 wrong usage, 130 interrupted.
`;

const flags = {
  json: { type: 'boolean' },
  seed: { type: 'string' },
  target: { type: 'string' },
  journal: { type: 'string' },
  'no-prometheus': { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  listen: { type: 'string' },
  config: { type: 'string' },
  allow: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const;

type FlagName = keyof typeof flags;
const runFlags: readonly FlagName[] = ['json', 'seed', 'target', 'journal', 'no-prometheus'];
const commands: Readonly<Record<string, { readonly words: number; readonly flags: readonly FlagName[] }>> = {
  list: { words: 0, flags: ['json'] },
  'check-runbooks': { words: 0, flags: ['json'] },
  proxy: { words: 0, flags: ['listen', 'config', 'allow', 'seed'] },
  run: { words: 1, flags: [...runFlags, 'dry-run'] },
  matrix: { words: 0, flags: runFlags },
};
const maxSeed = 4_294_967_295;

/** Reads the command line.
 *  @throws DrillError `usage` with one sentence that says what to do. */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  const [name, ...words] = positionals;
  if (values.help || name === 'help') return { name: 'help' };
  const known = Object.keys(commands).join(', ');
  if (name === undefined) throw usage(`A command is missing; there are ${known}`);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw usage(`There is no command ${JSON.stringify(name)}; there are ${known}`);
  if (words.length < command.words) throw usage(`${name} needs the id of a drill`);
  if (words.length > command.words) throw usage(`${name} does not take ${JSON.stringify(words.at(-1))}`);
  const wrong = (Object.keys(values) as FlagName[]).find((flag) => !command.flags.includes(flag));
  if (wrong) throw usage(`${name} does not take --${wrong}`);

  const json = values.json ?? false;
  if (name === 'list' || name === 'check-runbooks') return { name, json };
  if (name === 'proxy') {
    return {
      name,
      listen: readText('listen', values.listen) ?? defaultProxyListen,
      config: readText('config', values.config),
      allowedHosts: values.allow ?? [],
      seed: readSeed(values.seed),
    };
  }
  const run: RunFlags = {
    json,
    seed: readSeed(values.seed),
    target: readTarget(values.target),
    journal: readText('journal', values.journal),
    prometheus: !values['no-prometheus'],
  };
  if (name === 'matrix') return { name, ...run };
  return { name: 'run', drill: words[0] ?? '', dryRun: values['dry-run'] ?? false, ...run };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: true });
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw usage(text.split('. To specify')[0] ?? text);
  }
}

function readSeed(text: string | undefined): number {
  if (text === undefined) return 1;
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (seed <= maxSeed) return seed;
  throw usage(`--seed must be an integer from 0 to ${maxSeed}, got ${JSON.stringify(text)}`);
}

/** An empty text is a variable that was not set in somebody's script, not a wish for the default. */
function readText(flag: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  if (text.trim() !== '') return text;
  throw usage(`--${flag} must not be empty`);
}

function readTarget(text: string | undefined): string | null {
  const target = readText('target', text);
  return target === null ? null : readUrl(target, '--target');
}

function usage(message: string): DrillError {
  return new DrillError('usage', `${message.replace(/\.$/, '')}. See --help.`);
}
