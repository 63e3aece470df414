import type { Culprit, Incident } from '../../src/protocol/incident.js';
import type { Expectation } from './program.js';

/** What was read while the block went on and after it. */
export interface Observation {
  /** Unit: ms since the epoch, with fractions. */
  readonly blockStartsAtMs: number;
  /** Share of the block that the main thread waited for a CPU, by the benchmark's own reading; null if unknown. */
  readonly starvedRatio: number | null;
  /** Every form in which an incident was seen while the block went on. */
  readonly during: readonly Incident[];
  readonly after: readonly Incident[];
}

/** Null where the question does not arise: an API of JavaScript, a line of an incident that is not there. */
export interface Verdict {
  readonly detected: boolean;
  /** From the start of the block to openedAt. Unit: ms. */
  readonly latencyMs: number | null;
  readonly seenDuring: boolean;
  readonly lineRight: boolean | null;
  readonly columnRight: boolean | null;
  readonly functionRight: boolean | null;
  readonly causeRight: boolean | null;
  readonly apiNamedDuring: boolean | null;
  /** What the incident said, in a few words. */
  readonly said: string;
}

/** openedAt has whole milliseconds, so that it may seem to lie before the start. */
const roundingMs = 1;

/** Holds what the agent said against what the program expects. Pure. */
export function judge(expects: Expectation, observed: Observation): Verdict {
  const isOfBlock = ({ kind, openedAt }: Incident): boolean =>
    kind === 'event-loop-stall' && Date.parse(openedAt) >= observed.blockStartsAtMs - roundingMs;
  const incidents = observed.after.filter(isOfBlock);
  const during = observed.during.filter(isOfBlock);
  const main = incidents.toSorted((a, b) => worst(b) - worst(a))[0];
  const apiNamedDuring = expects.api === null ? null : during.some((each) => namesApi(each, expects.api!));
  if (main === undefined) {
    return {
      detected: false,
      latencyMs: null,
      seenDuring: during.length > 0,
      lineRight: null,
      columnRight: null,
      functionRight: null,
      causeRight: null,
      apiNamedDuring,
      said: 'nothing',
    };
  }
  const first = Math.min(...incidents.map(({ openedAt }) => Date.parse(openedAt)));
  const { culprit } = main;
  const fileRight = culprit !== null && culprit.file === expects.file;
  return {
    detected: true,
    latencyMs: Math.max(0, first - observed.blockStartsAtMs),
    seenDuring: during.length > 0,
    lineRight: fileRight && expects.lines.includes(culprit.line),
    columnRight: expects.columns === null ? null : fileRight && isColumnRight(expects, culprit),
    functionRight: fileRight && bareName(culprit.function) === bareName(expects.function),
    causeRight: expects.causes.includes(main.cause),
    apiNamedDuring,
    said: describe(main, incidents.length) + noteStarvation(observed.starvedRatio),
  };
}

const isColumnRight = ({ lines, columns }: Expectation, { line, column }: Culprit): boolean =>
  columns?.[lines.indexOf(line)] === column;

const worst = ({ measurements }: Incident): number =>
  measurements.worstBlockedMs ?? measurements.blockedMs ?? 0;

/** The class in front of a method does not count, nor `get ` of a getter: V8's versions differ there. */
const bareName = (name: string): string => name.replace(/^(get|set|async) /, '').replace(/^.*\./, '');

/** Whether the verdict itself says it: a stack that happens to hold the call does not count. */
function namesApi({ title, culprit: _culprit, ...rest }: Incident, api: string): boolean {
  const text = `${title} ${JSON.stringify(rest)}`;
  return text.includes(api);
}

/** Only where it matters: neighbours on the machine slow the agent and change what is true. */
const noteStarvation = (ratio: number | null): string =>
  ratio === null || ratio < 0.15
    ? ''
    : `; the machine gave it no CPU for ${Math.round(ratio * 100)} % of the block`;

function describe({ cause, culprit, measurements }: Incident, count: number): string {
  const place =
    culprit === null ? 'no culprit' : `${culprit.function} ${culprit.file}:${culprit.line}:${culprit.column}`;
  const share = culprit === null ? '' : ` (${culprit.samples} samples, share ${culprit.share.toFixed(2)})`;
  const gc = measurements.gcRatio === undefined ? '' : `, gc ${measurements.gcRatio}`;
  const cpu = measurements.onCpuRatio === undefined ? '' : `, cpu ${measurements.onCpuRatio}`;
  const more = count > 1 ? `; ${count} incidents for one block` : '';
  return `${cause}, ${place}${share}${cpu}${gc}${more}`;
}
