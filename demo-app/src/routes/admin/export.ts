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

/** How an export is made, and how many may be for how long: without limits each slow reader keeps what it needs. */
export interface ExportOffer {
  readonly send: ProductExport;
  readonly limits: ExportLimits;
}

/** The export route, and those that run. */
export interface Exports {
  /** `GET /admin/products/export-all`. */
  readonly handle: RequestHandler;
  /** Ends the exports that have run for at least so long and wait for their readers. Returns how many. Unit: ms. */
  takeBackHeld(heldMs: number): number;
}

interface RunningExport {
  readonly startedMs: number;
  readonly response: Response;
  readonly end: () => void;
}

/** `current` tells which export to use for a request. */
export function createExports(current: () => ExportOffer, features: Features): Exports {
  const running = new Set<RunningExport>();
  return {
    async handle(_request, response) {
      assertEnabled(features, 'export-all');
      const { send, limits } = current();
      if (running.size >= limits.exportsMax) throw tooMany(running.size);
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const deadline = startDeadline(limits.timeoutMs, gone.signal);
      const one = { startedMs: performance.now(), response, end: () => gone.abort() };
      running.add(one);
      try {
        await send(response, deadline.signal);
      } catch (error) {
        // A client that has gone away is no error of ours, and nobody is left to hear about it.
        if (!gone.signal.aborted || !response.headersSent) throw error;
      } finally {
        deadline.end();
        running.delete(one);
      }
    },
    takeBackHeld(heldMs) {
      const heldSinceMs = performance.now() - heldMs;
      const waiting = [...running].filter(
        ({ startedMs, response }) => startedMs <= heldSinceMs && response.writableNeedDrain,
      );
      for (const { end } of waiting) end();
      return waiting.length;
    },
  };
}

const tooMany = (running: number): Problem =>
  new Problem(503, 'too-many-exports', `There are ${running} exports running already; try again later.`, {
    headers: { 'Retry-After': '5' },
  });
