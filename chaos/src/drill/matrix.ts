import type { DrillResult } from './result.js';

/** One drill as a line of the confusion matrix. */
export interface MatrixRow {
  readonly drill: string;
  /** Id of the fault, `none` in a control. */
  readonly fault: string;
  /** The kind that should open; null in a control. */
  readonly expected: string | null;
  /** How many incidents of each kind were open at some time. */
  readonly incidents: Readonly<Record<string, number>>;
  readonly passed: boolean;
}

/** Faults against incidents: what lies off the diagonal is confusion. */
export interface Matrix {
  readonly passed: boolean;
  readonly kinds: readonly string[];
  readonly rows: readonly MatrixRow[];
  readonly drills: readonly DrillResult[];
}

/** Makes the matrix out of the results of all drills. `expected` gives the kind that each drill should open. */
export function makeMatrix(
  results: readonly DrillResult[],
  expected: ReadonlyMap<string, string | null>,
): Matrix {
  const rows = results.map((result): MatrixRow => {
    const incidents: Record<string, number> = {};
    for (const { kind } of [...(result.incident ? [result.incident] : []), ...result.unexpectedIncidents]) {
      incidents[kind] = (incidents[kind] ?? 0) + 1;
    }
    return {
      drill: result.drill,
      fault: result.fault?.id ?? 'none',
      expected: expected.get(result.drill) ?? null,
      incidents,
      passed: result.passed,
    };
  });
  const kinds = new Set(
    rows.flatMap((row) => [...Object.keys(row.incidents), ...(row.expected ? [row.expected] : [])]),
  );
  return {
    passed: rows.length > 0 && rows.every((row) => row.passed),
    kinds: [...kinds].sort(),
    rows,
    drills: results,
  };
}

/** The matrix as a table. The expected kind of a drill stands in brackets; a dot means that nothing opened. */
export function printMatrix({ rows, kinds }: Matrix): string {
  const head = ['drill', 'fault', ...kinds, 'outcome'];
  const body = rows.map(({ drill, fault, expected, incidents, passed }) => [
    drill,
    fault,
    ...kinds.map((kind) => {
      const count = incidents[kind] === undefined ? '·' : String(incidents[kind]);
      return kind === expected ? `[${count}]` : count;
    }),
    passed ? 'passed' : 'NOT PASSED',
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...body.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[head, ...body].map(line).join('\n')}\n`;
}
