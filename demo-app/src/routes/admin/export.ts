import type { RequestHandler, Response } from 'express';
import { startDeadline } from '../../deadline.js';
import type { Features } from '../../features.js';
import { Problem } from '../../problem.js';
import { assertEnabled } from '../kill-switch.js';

/** Sends every product as NDJSON. The signal fires when the client has gone or the time is up. */
export type ProductExport = (response: Response, signal: AbortSignal) => Promise<void>;

/** Limits of the export route; see config.ts. */
export interface ExportLimits {
  readonly exportsMax: number;
  readonly timeoutMs: number;
}

/** `GET /admin/products/export-all`. `current` tells which export to use for this request. */
export function createExportHandler(
  current: () => ProductExport,
  features: Features,
  limits: ExportLimits,
): RequestHandler {
  let running = 0;
  return async function handleExportAll(_request, response) {
    assertEnabled(features, 'export-all');
    if (running >= limits.exportsMax)
      throw new Problem(
        503,
        'too-many-exports',
        `There are ${running} exports running already; try again later.`,
        {
          headers: { 'Retry-After': '5' },
        },
      );
    running += 1;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const deadline = startDeadline(limits.timeoutMs, gone.signal);
    try {
      await current()(response, deadline.signal);
    } catch (error) {
      // A client that has gone away is no error of ours, and nobody is left to hear about it.
      if (!gone.signal.aborted || !response.headersSent) throw error;
    } finally {
      deadline.end();
      running -= 1;
    }
  };
}
