import type { Verdict } from './judge.js';
import type { Program } from './program.js';

/** One program on one Node version, once. */
export interface Row {
  readonly program: string;
  readonly version: string;
  readonly expects: Program['expects'];
  /** Null when the program could not be run at all; `failure` says why. */
  readonly verdict: Verdict | null;
  readonly failure: string | null;
}

/** Shares of right answers among the rows where the question arises. */
export interface Totals {
  readonly rows: number;
  readonly detected: Share;
  readonly seenDuring: Share;
  readonly lineRight: Share;
  /** Among the programs that say which column is right. */
  readonly columnRight: Share;
  readonly functionRight: Share;
  readonly causeRight: Share;
  readonly apiNamedDuring: Share;
  /** Unit: ms; null without a single detection. */
  readonly latencyP50Ms: number | null;
  readonly latencyP99Ms: number | null;
}

export interface Share {
  readonly right: number;
  readonly of: number;
}

export function totalsOf(rows: readonly Row[]): Totals {
  const share = (pick: (verdict: Verdict) => boolean | null): Share => {
    // What was not detected, or could not be run, answered nothing rightly.
    const answers = rows.map(({ verdict }) => (verdict === null ? false : pick(verdict)));
    const asked = answers.filter((answer) => answer !== null);
    return { right: asked.filter(Boolean).length, of: asked.length };
  };
  const latencies = rows.flatMap(({ verdict }) => verdict?.latencyMs ?? []).toSorted((a, b) => a - b);
  return {
    rows: rows.length,
    detected: share(({ detected }) => detected),
    seenDuring: share(({ seenDuring }) => seenDuring),
    lineRight: share(({ lineRight }) => lineRight ?? false),
    columnRight: share(({ columnRight }) => columnRight),
    functionRight: share(({ functionRight }) => functionRight ?? false),
    causeRight: share(({ causeRight }) => causeRight ?? false),
    apiNamedDuring: share(({ apiNamedDuring }) => apiNamedDuring),
    latencyP50Ms: quantile(latencies, 0.5),
    latencyP99Ms: quantile(latencies, 0.99),
  };
}

/** Nearest rank. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

/** What is wrong with a row, in words; empty when all is right. */
export function wrongsOf({ verdict, failure, expects }: Row): string[] {
  if (verdict === null) return [`could not be run: ${failure}`];
  if (!verdict.detected) return ['not detected'];
  const wrongs = [
    verdict.seenDuring || 'not seen during the block',
    verdict.lineRight || `line, not ${expects.lines.join('/')}`,
    verdict.columnRight !== false || `column, not ${expects.columns?.join('/')}`,
    verdict.functionRight || `function, not ${expects.function}`,
    verdict.causeRight || `cause, not ${expects.causes.join('/')}`,
    verdict.apiNamedDuring !== false || `${expects.api} not named during the block`,
  ];
  return wrongs.filter((wrong) => wrong !== true);
}
