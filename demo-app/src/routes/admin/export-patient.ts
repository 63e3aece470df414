import type { Pool } from 'pg';
import type { OnHarm } from '../../twin-switch.js';
import type { ExportOffer } from './export.js';
import { createStreamingExport } from './export-streaming.js';

/** Longest time for one export: a longer one than any lease. Unit: ms. */
const patienceMs = 1_200_000;
/** More than there are connections, and still an end. */
const exportsMax = 100;
/** How often the lease is looked at. Unit: ms. */
const lookMs = 250;

/** An offer, and the way to end what runs by it. */
export interface PatientExport {
  readonly offer: ExportOffer;
  end(): void;
}

/** The bad twin: the same export by the same code, whose limits somebody has lifted for a customer with a slow line. Each
 *  reader has a database connection for as long as the download takes. */
export function createPatientExport(
  pool: Pool,
  options: { readonly expired: () => boolean; readonly onHarm: OnHarm },
): PatientExport {
  const over = new AbortController();
  const stream = createStreamingExport(pool, patienceMs);
  const watch = (): NodeJS.Timeout => {
    const timer = setInterval(() => {
      if (options.expired()) over.abort();
    }, lookMs);
    return timer.unref();
  };
  return {
    offer: {
      limits: { exportsMax, timeoutMs: patienceMs },
      async send(response, signal) {
        options.onHarm();
        const timer = watch();
        try {
          await stream(response, AbortSignal.any([signal, over.signal]));
        } finally {
          clearInterval(timer);
        }
      },
    },
    end: () => over.abort(),
  };
}
