import type { ExportAllContext, ExportReadersContext } from '@faultline/chaos';
import type { Pool } from 'pg';
import { useKeepingTwin } from '../../twin-keeping.js';
import { createTwinSwitch } from '../../twin-switch.js';
import type { ExportOffer } from './export.js';
import { createBlockingExport } from './export-blocking.js';
import { createPatientExport } from './export-patient.js';

/** Chooses between the export and its bad twins. */
export interface ExportSwitch extends ExportAllContext, ExportReadersContext {
  /** The export that a request should use now. */
  current(): ExportOffer;
}

/** Starts with the good one. Chaos may put the blocking one or the patient one in its place. */
export function createExportSwitch(good: ExportOffer, pool: Pool): ExportSwitch {
  const twins = createTwinSwitch(good);
  return {
    current: twins.current,
    exportAll: {
      useBlockingTwin: ({ copies, expired }) =>
        twins.use((onBlock) => ({
          ...good,
          send: createBlockingExport(pool, { copies, expired, onBlock }),
        })),
    },
    exportReaders: {
      // A reader that has begun goes on after the good twin is back, so the stop ends it.
      usePatientTwin: ({ expired }) =>
        useKeepingTwin(twins, (onHarm) => {
          const twin = createPatientExport(pool, { expired, onHarm });
          return { part: twin.offer, clear: twin.end };
        }),
    },
  };
}
