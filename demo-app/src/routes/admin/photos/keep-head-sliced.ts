import type { OnHarm } from '../../../twin-switch.js';
import { copyHead, headBytes, type KeepHead } from './keep-head.js';

/** What the slicing twin is made with. */
export interface SlicingOptions {
  /** Renditions that are made of each upload: thumbnail, list, page, zoom, and so on for each kind of screen. */
  readonly renditionsPerUpload: number;
  /** Whether the twin should be gone by now; then it keeps nothing more. */
  readonly expired: () => boolean;
  /** Called when something has been kept. */
  readonly onKeep: OnHarm;
}

/** The fault ends here, whatever its lease says. Unit: bytes. */
const mostBytes = 1_500_000_000;

/** The bad twin: keeps slices of the uploads instead of copies. A slice of 64 bytes looks small wherever one counts
 *  objects, and keeps its whole buffer, outside of the heap. */
export function createSlicingHeads(options: SlicingOptions): { keep: KeepHead; clear(): void } {
  const { renditionsPerUpload, expired, onKeep } = options;
  let heads: Buffer[] = [];
  let heldBytes = 0;
  function keepSlices(photo: Buffer): Buffer {
    const bytes = photo.length * renditionsPerUpload;
    if (expired() || heldBytes + bytes > mostBytes) return copyHead(photo);
    heldBytes += bytes;
    for (let rendition = 0; rendition < renditionsPerUpload; rendition += 1) {
      heads.push(Buffer.from(photo).subarray(0, headBytes));
    }
    onKeep();
    return copyHead(photo);
  }
  return {
    keep: keepSlices,
    clear() {
      heads = [];
      heldBytes = 0;
    },
  };
}
