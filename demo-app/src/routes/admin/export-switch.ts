import type { ExportAllContext } from '@faultline/chaos';
import type { Pool } from 'pg';
import { createTwinSwitch } from '../../twin-switch.js';
import type { ProductExport } from './export.js';
import { createBlockingExport } from './export-blocking.js';

/** Chooses between the export and its bad twin. */
export interface ExportSwitch extends ExportAllContext {
  /** The export that a request should use now. */
  current(): ProductExport;
}

/** Starts with the good one. Chaos may put the blocking one in its place. */
export function createExportSwitch(good: ProductExport, pool: Pool): ExportSwitch {
  const { current, use } = createTwinSwitch(good);
  return {
    current,
    exportAll: {
      useBlockingTwin: ({ copies, expired }) =>
        use((onBlock) => createBlockingExport(pool, { copies, expired, onBlock })),
    },
  };
}
