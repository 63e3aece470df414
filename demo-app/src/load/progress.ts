import type { LoadSummary } from './statistics.js';

/** Where progress is shown. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shows one line that moves on a terminal; elsewhere a line every five seconds. */
export interface Progress {
  show(summary: LoadSummary): void;
  /** Writes another line without mixing it with the moving one. */
  interrupt(write: () => void): void;
  /** Replaces the moving line by the last one. */
  finish(text: string): void;
}

/** Back to the first column, and nothing stays in the line (ECMA-48). */
const eraseLine = '\r\u001b[2K';
const logEveryMs = 5_000;

/** Nothing is shown before the first summary. */
export function createProgress(stream: ProgressStream): Progress {
  let shown = '';
  let loggedAtMs = 0;
  const draw = () => stream.write(`${eraseLine}${shown.slice(0, (stream.columns ?? 120) - 1)}`);
  return {
    show(summary) {
      shown = describeLoad(summary);
      if (stream.isTTY) draw();
      else if (summary.elapsedMs - loggedAtMs >= logEveryMs - 500) {
        loggedAtMs = summary.elapsedMs;
        stream.write(`${shown}\n`);
      }
    },
    interrupt(write) {
      if (!stream.isTTY || shown === '') return write();
      stream.write(eraseLine);
      write();
      draw();
    },
    finish(text) {
      stream.write(`${stream.isTTY && shown !== '' ? eraseLine : ''}${text}\n`);
      shown = '';
    },
  };
}

/** One line for people. */
export function describeLoad(summary: LoadSummary): string {
  const ms = (value: number | null) => (value === null ? '–' : value.toFixed(value < 10 ? 1 : 0));
  const { exports } = summary;
  const parts = [
    `load ${Math.round(summary.elapsedMs / 1_000)} s`,
    `${summary.rate.toFixed(0)} req/s`,
    `p50 ${ms(summary.p50Ms)} p95 ${ms(summary.p95Ms)} p99 ${ms(summary.p99Ms)} ms`,
    `errors ${summary.errors}${describeErrors(summary.errorsByClass)}`,
    `in flight ${summary.inFlight}`,
    `export ${ms(exports.lastMs)} ms${exports.switchedOff > 0 ? ` (${exports.switchedOff} switched off)` : ''}`,
  ];
  if (summary.dropped > 0) parts.push(`dropped ${summary.dropped}`);
  return parts.join(' · ');
}

function describeErrors(byClass: Readonly<Record<string, number>>): string {
  const classes = Object.entries(byClass).sort(([, a], [, b]) => b - a);
  if (classes.length === 0) return '';
  return ` (${classes
    .slice(0, 3)
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ')})`;
}
