import type { Logger } from '../../log.js';
import type { OnHarm } from '../../twin-switch.js';
import type { ListLog } from './list-log.js';

/** What the verbose twin is made with. */
export interface VerboseOptions {
  /** A logger that waits until each line has been taken. */
  readonly log: Logger;
  /** Whether the twin should be gone by now; then it says nothing any more. */
  readonly expired: () => boolean;
  /** Called with each list that is logged. */
  readonly onLog: OnHarm;
}

/** Logs every product of every list, as it is and as people read it: kilobytes for each request, one line after the
 *  other, and no line before the one in front of it has been taken. The good twin is list-log.ts. */
export function createVerboseListLog({ log, expired, onLog }: VerboseOptions): ListLog {
  return function logEveryProduct(products) {
    if (expired()) return;
    onLog();
    for (const product of products) {
      log.info({ product, text: JSON.stringify(product, null, 2) }, 'listed');
    }
  };
}
