/** The size at which live heap ends the process: V8's own limit, or what the container leaves when that is smaller. The
 *  container counts the heap and all the rest of the process together. Unit: bytes; null for what is not known. */
export function realLimit(
  v8LimitBytes: number,
  heapTotalBytes: number,
  containerBytes: number | null,
  residentBytes: number | null,
): number {
  if (containerBytes === null) return v8LimitBytes;
  const outsideBytes = Math.max(0, (residentBytes ?? heapTotalBytes) - heapTotalBytes);
  return Math.min(v8LimitBytes, Math.max(0, containerBytes - outsideBytes));
}
