/** npm run bench -- false-positives: a healthy service on a machine that misbehaves. Whatever the agent reports, it
 *  must not blame the service's JavaScript. */
import type { Incident } from '../../src/protocol/incident.js';
import { readCommandLine, runBench, tell } from '../command-line.js';
import { type Load, startLoad } from '../load.js';
import { align } from '../machine.js';
import { nodeBinary } from '../node-versions.js';
import { startSubject } from '../subject.js';
import { type Phase, phases } from './phases.js';
import { createServiceDirectory, type ServiceDirectory } from './workspace.js';

const startLimitMs = 60_000;
const request = readCommandLine({
  name: 'false-positives',
  numbers: {
    minutes: { what: 'time of the whole run in minutes', fallback: 10, max: 600 },
    seconds: {
      what: 'the same in seconds, instead; 0 leaves it to the minutes',
      fallback: 0,
      min: 0,
      max: 3_600,
    },
  },
  only: `phases of ${phases.map(({ name }) => name).join(', ')}`,
});
const totalMs =
  request.numbers.seconds! > 0 ? request.numbers.seconds! * 1_000 : request.numbers.minutes! * 60_000;

/** One phase on one Node version. */
interface Outcome {
  readonly version: string;
  readonly phase: string;
  readonly seconds: number;
  readonly did: string;
  /** Why the phase could not be run here, or null. */
  readonly skipped: string | null;
  readonly answered: number;
  readonly failed: number;
  readonly incidents: readonly Incident[];
  /** Incidents that blame the service's own code. */
  readonly wrong: readonly Incident[];
}

async function main(): Promise<void> {
  const service = createServiceDirectory();
  const outcomes: Outcome[] = [];
  try {
    for (const version of request.versions) {
      for (const phase of phases.filter(isWanted)) {
        const ms = (totalMs * phase.share) / request.versions.length;
        tell(`Node ${version}, ${phase.name}: ${Math.round(ms / 1_000)} s`);
        outcomes.push(await run(phase, version, service, ms));
      }
    }
  } finally {
    service.remove();
  }
  if (request.json) process.stdout.write(`${JSON.stringify(outcomes)}\n`);
  else print(outcomes);
  if (outcomes.some(({ wrong }) => wrong.length > 0)) process.exitCode = 1;
}

const isWanted = ({ name }: Phase): boolean => request.only.length === 0 || request.only.includes(name);

async function run(phase: Phase, version: string, service: ServiceDirectory, ms: number): Promise<Outcome> {
  const place = phase.enter?.();
  const outcome = { version, phase: phase.name, seconds: Math.round(ms / 1_000) };
  if (typeof place === 'string') {
    return { ...outcome, did: 'nothing', skipped: place, answered: 0, failed: 0, incidents: [], wrong: [] };
  }
  try {
    const observed = await observe(phase, version, service, ms, place?.before ?? []);
    return { ...outcome, skipped: null, ...observed, did: place?.what ?? observed.did };
  } finally {
    place?.remove();
  }
}

async function observe(
  phase: Phase,
  version: string,
  service: ServiceDirectory,
  ms: number,
  before: readonly string[],
): Promise<Pick<Outcome, 'did' | 'answered' | 'failed' | 'incidents' | 'wrong'>> {
  const subject = await startSubject({
    node: nodeBinary(version),
    before,
    program: service.program,
    arguments: phase.heavyStart ? [service.heavyModule] : [],
    directory: service.directory,
    // The start-up grace is part of what is tried here.
    env: { FAULTLINE_STARTUP_GRACE_MS: '5000' },
  });
  let load: Load | null = null;
  try {
    const port = await subject.printed(/"port":(\d+)/, startLimitMs);
    load = startLoad(`http://127.0.0.1:${port}/?limit=200`, phase.load.concurrency, phase.load.pauseMs);
    const did = await phase.disturb(ms, subject.kill);
    const incidents = await subject.incidents();
    const wrong = incidents.filter(
      ({ kind, cause }) => kind === 'event-loop-stall' && cause === 'javascript',
    );
    return { did, answered: load.answered(), failed: load.failed(), incidents, wrong };
  } finally {
    load?.stop();
    await subject.stop();
  }
}

function print(outcomes: readonly Outcome[]): void {
  const head = ['node', 'phase', 'time', 'disturbance', 'answered', 'failed', 'incidents', 'verdict'];
  const rows = outcomes.map(({ did, skipped, incidents, wrong, ...outcome }) => [
    outcome.version,
    outcome.phase,
    `${outcome.seconds} s`,
    skipped === null ? did : `skipped: ${skipped}`,
    String(outcome.answered),
    String(outcome.failed),
    incidents.map(nameOf).join(', ') || 'none',
    skipped !== null ? 'skipped' : wrong.length === 0 ? 'passed' : 'BLAMED JAVASCRIPT',
  ]);
  const blamed = outcomes.flatMap(({ wrong }) =>
    wrong.map(({ title, measurements }) => ({ title, measurements })),
  );
  const lines = blamed.map(({ title, measurements }) => `${title} ${JSON.stringify(measurements)}`);
  process.stdout.write(`${[align([head, ...rows]), ...lines].join('\n')}\n`);
}

const nameOf = ({ kind, cause, occurrences }: Incident): string => `${occurrences} × ${kind} (${cause})`;

await runBench(main);
