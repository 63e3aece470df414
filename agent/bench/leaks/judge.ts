import type { Observation } from './observe.js';
import type { Expectation, Program } from './program.js';

/** One program on one Node version, once. */
export interface Row {
  readonly program: string;
  readonly version: string;
  readonly expects: Expectation;
  /** Null when the program could not be run at all; `failure` says why. */
  readonly verdict: Verdict | null;
  readonly failure: string | null;
}

/** What the agent said of a program. */
export interface Verdict {
  /** Kind of the incident; null when there was none. */
  readonly kind: string | null;
  readonly kindRight: boolean;
  /** From the beginning of the leak to openedAt. Unit: s; null without an incident. */
  readonly seconds: number | null;
  /** Null where no site is expected, or none could be wrong. */
  readonly siteRight: boolean | null;
  /** What the incident said, in a few words. */
  readonly said: string;
}

/** Holds what the agent said against what the program expects. Pure. */
export function judge({ expects, file }: Pick<Program, 'expects' | 'file'>, observed: Observation): Verdict {
  const { incident, startsAtMs } = observed;
  if (incident === null) {
    const siteRight = expects.function === null ? null : false;
    return { kind: null, kindRight: expects.kinds.length === 0, seconds: null, siteRight, said: 'nothing' };
  }
  const { kind, culprit } = incident;
  const code = culprit?.type === 'code' ? culprit : null;
  const isRight = code !== null && code.file === file && expects.lines.includes(code.line);
  const place = code === null ? 'no site' : `${code.function} ${code.file}:${code.line}`;
  return {
    kind,
    kindRight: expects.kinds.includes(kind),
    seconds: Math.max(0, Date.parse(incident.openedAt) - startsAtMs) / 1_000,
    siteRight: expects.function === null ? null : isRight,
    said: `${kind}, ${place}, ${rateOf(incident.measurements)}`,
  };
}

function rateOf({ bytesPerSecond }: Readonly<Record<string, number>>): string {
  return bytesPerSecond === undefined ? 'no rate' : `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`;
}

/** What is wrong with a row, in words; empty when all is right. */
export function wrongsOf({ verdict, failure, expects }: Row): string[] {
  if (verdict === null) return [`could not be run: ${failure}`];
  if (!verdict.kindRight) {
    if (verdict.kind === null) return ['no verdict'];
    return [expects.kinds.length === 0 ? `fired: ${verdict.said}` : `kind, not ${expects.kinds.join('/')}`];
  }
  return verdict.siteRight === false ? [`site, not ${expects.function}`] : [];
}
