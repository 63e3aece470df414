import { align } from '../machine.js';
import { type Row, type Share, type Totals, totalsOf, wrongsOf } from './results.js';

const yes = (answer: boolean | null): string => (answer === null ? '–' : answer ? 'yes' : 'NO');
const ms = (value: number | null): string => (value === null ? '–' : `${Math.round(value)} ms`);
const share = ({ right, of }: Share): string => `${right}/${of}`;

/** The rows as a text table. */
export function tableOf(rows: readonly Row[]): string {
  const head = [
    'program',
    'node',
    'detected',
    'latency',
    'during',
    'line',
    'column',
    'function',
    'cause',
    'API',
    'said',
  ];
  const lines = rows.map(({ program, version, verdict, failure }) => [
    program,
    version,
    ...(verdict === null
      ? ['NO', '–', '–', '–', '–', '–', '–', '–', failure ?? '']
      : [
          yes(verdict.detected),
          ms(verdict.latencyMs),
          yes(verdict.seenDuring),
          yes(verdict.lineRight),
          yes(verdict.columnRight),
          yes(verdict.functionRight),
          yes(verdict.causeRight),
          yes(verdict.apiNamedDuring),
          verdict.said,
        ]),
  ]);
  return align([head, ...lines]);
}

/** Totals by kind of block, as rows of cells: the head first. */
export function totalsTable(rows: readonly Row[]): string[][] {
  const groups: [string, readonly Row[]][] = [
    ['JavaScript and collections', rows.filter(({ expects }) => expects.api === null)],
    ['native calls', rows.filter(({ expects }) => expects.api !== null)],
    ['all', rows],
  ];
  const head = [
    '',
    'runs',
    'detected',
    'during',
    'line',
    'column',
    'function',
    'cause',
    'API during',
    'p50',
    'p99',
  ];
  return [head, ...groups.map(([name, group]) => [name, ...cellsOf(totalsOf(group))])];
}

const cellsOf = (totals: Totals): string[] => [
  String(totals.rows),
  ...[totals.detected, totals.seenDuring, totals.lineRight, totals.columnRight].map(share),
  ...[totals.functionRight, totals.causeRight, totals.apiNamedDuring].map(share),
  ms(totals.latencyP50Ms),
  ms(totals.latencyP99Ms),
];

/** Each wrong row with what was said instead. */
export const wrongLines = (rows: readonly Row[]): string[] =>
  rows.flatMap((row) => {
    const wrongs = wrongsOf(row);
    if (wrongs.length === 0) return [];
    return [
      `${row.program}, Node ${row.version}: ${wrongs.join('; ')}. Said: ${row.verdict?.said ?? 'nothing'}`,
    ];
  });
