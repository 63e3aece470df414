import { pipeline } from 'node:stream/promises';
import type { Pool } from 'pg';
import QueryStream from 'pg-query-stream';
import type { ProductRow } from '../../product.js';
import type { ProductExport } from './export.js';
import { toExportLine } from './export-row.js';

/** Rows that are fetched and formatted at a time: few enough for the loop to turn between them within a few ms. */
const batchRows = 100;

/** The export as it should be: rows come through a cursor in small batches, no faster than the client reads, so
 *  memory stays flat and the loop stays free. `timeoutMs` is the time that the server gives the whole statement. */
export function createStreamingExport(pool: Pool, timeoutMs: number): ProductExport {
  return async function streamAllProducts(response, signal) {
    const client = await pool.connect();
    let isReusable = false;
    try {
      await client.query('begin read only');
      // The usual limit would count the time in which a slow client does not read.
      await client.query("select set_config('statement_timeout', $1, true)", [String(timeoutMs)]);
      const rows = client.query(
        new QueryStream('select * from products order by id', [], { batchSize: batchRows }),
      );
      response.status(200).type('application/x-ndjson');
      await pipeline(rows, formatBatches, response, { signal });
      await client.query('commit');
      isReusable = true;
    } finally {
      // Whatever was left open ends with its connection; the pool opens another one when it is needed.
      client.release(!isReusable);
    }
  };
}

async function* formatBatches(rows: AsyncIterable<ProductRow>): AsyncGenerator<string> {
  let lines = '';
  let count = 0;
  for await (const row of rows) {
    lines += toExportLine(row);
    count += 1;
    if (count % batchRows !== 0) continue;
    yield lines;
    lines = '';
  }
  if (lines !== '') yield lines;
}
