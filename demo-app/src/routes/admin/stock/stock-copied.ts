import type { Pool } from 'pg';
import type { OnHarm } from '../../../twin-switch.js';
import { createSnapshot, createTotals, type StockRow } from './snapshot.js';
import type { StockReport } from './stock-report.js';

/** What the copying report is made with. */
export interface CopiedReportOptions {
  /** How often the products are copied for one report. */
  readonly copies: number;
  /** Whether the twin should be gone by now; then it copies no more. */
  readonly expired: () => boolean;
  /** Called just before the main thread is blocked. */
  readonly onBlock: OnHarm;
}

/** Keeps the catalog in memory and hands each report a copy, so that none can alter what the next one sees. The copy
 *  is one line, and all of the catalog goes through it as one huge text. The good twin is stock-sql.ts. */
export function createCopiedStockReport(pool: Pool, options: CopiedReportOptions): StockReport {
  const snapshot = createSnapshot(pool);
  return async function reportFromCopy() {
    let rows = await snapshot();
    for (let copy = 0; copy < options.copies && !options.expired(); copy += 1) {
      if (copy === 0) options.onBlock();
      rows = copyOf(rows);
    }
    const totals = createTotals();
    for (const row of rows) totals.add(row);
    return totals.list();
  };
}

function copyOf(rows: readonly StockRow[]): readonly StockRow[] {
  const text = JSON.stringify(rows);
  return JSON.parse(text);
}
