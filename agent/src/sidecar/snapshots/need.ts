/** What a heap snapshot needs, as an upper bound: twelve kinds of heaps were measured on Node 20, and the worst of
 *  them on 22, 24 and 26 (docs/adr/0016). V8 builds a copy of the heap as a graph outside of the heap; how much that takes goes
 *  by the number of objects: a heap of small objects needs 20 times its own size, one of long texts a fifth. */

/** The dearest objects were entries of an object that serves as a dictionary: 1,834 bytes each. */
const bytesPerObject = 1_900;
/** What objects hold beyond this is bulk: long texts, or arrays of references, which need 9 times their size. */
const ordinaryObjectBytes = 50;
const bytesPerBulkByte = 9;
/** Of a heap whose objects nobody could count; 37 was measured, a dictionary on Node 22. */
const worstRatio = 40;
/** Counting makes V8 write down every object. Measured: 2.6 times the heap. */
const countRatio = 3;
const fileBytesPerObject = 130;
const fileBytesPerBulkByte = 3.6;
const worstFileRatio = 4;
/** During the pause work piles up that needs memory at once when it is over. V8's limit counts its young generation,
 *  which on Node 24 takes up to 192 MB that nothing can stay in. */
const spareRatio = 1 / 2;

export interface HeapSize {
  /** Unit: bytes. */
  readonly usedBytes: number;
  /** Null when they have not been counted. */
  readonly objects: number | null;
}

/** Memory for counting the objects, beside the heap. Unit: bytes. */
export const countNeed = ({ usedBytes }: HeapSize): number => usedBytes * countRatio;

/** Memory for a snapshot, beside the heap. Unit: bytes. */
export function memoryNeed({ usedBytes, objects }: HeapSize): number {
  if (objects === null) return usedBytes * worstRatio;
  const need = objects * bytesPerObject + bulkBytes(usedBytes, objects) * bytesPerBulkByte;
  return Math.min(need, usedBytes * worstRatio);
}

/** Size of the file. Unit: bytes. */
export function diskNeed({ usedBytes, objects }: HeapSize): number {
  if (objects === null) return usedBytes * worstFileRatio;
  return objects * fileBytesPerObject + bulkBytes(usedBytes, objects) * fileBytesPerBulkByte;
}

/** Room below V8's limit that a heap must have left. Unit: bytes. */
export const spareNeed = ({ usedBytes }: HeapSize): number => usedBytes * spareRatio;

const bulkBytes = (usedBytes: number, objects: number): number =>
  Math.max(0, usedBytes - objects * ordinaryObjectBytes);
