import type { HeapView } from '../../protocol/heap-view.js';
import type { HeapFloor } from '../../protocol/snapshot.js';

/** When it is worth a pause to look who allocates. */
export interface SuspicionRule {
  /** A floor that has risen by less may be a table that was built. Unit: bytes. */
  readonly riseBytes: number;
  /** The same as a share of the limit, 0..1; the larger of both counts. */
  readonly riseShare: number;
  /** Used memory against the highest tooth so far: the teeth of a healthy saw reach about the same height. */
  readonly aboveTeeth: number;
  /** Share of the way to the limit that such a tooth must take: V8 lets a small heap double for nothing. */
  readonly toothShare: number;
}

export const suspicionRule: SuspicionRule = {
  riseBytes: 8 * 1024 * 1024,
  riseShare: 0.005,
  aboveTeeth: 1.25,
  toothShare: 0.05,
};

/** How much the heap must grow before it means anything. Unit: bytes. */
export const notableRise = ({ limitBytes }: HeapView, { riseBytes, riseShare }: SuspicionRule): number =>
  Math.max(riseBytes, limitBytes * riseShare);

/** Whether the heap looks as if it grew. A heap that grows fast is collected ever more seldom, so this does not wait for
 *  collections; looking costs one. */
export const isSuspect = (view: HeapView, rule: SuspicionRule): boolean =>
  hasRisen(view, rule) || isAboveTeeth(view, rule);

/** Whether the newest floor stands well above the lowest of the earlier ones. */
function hasRisen(view: HeapView, rule: SuspicionRule): boolean {
  const floors = view.levels.find((level) => level.length > 1);
  const newest = floors?.at(-1);
  if (floors === undefined || newest === undefined) return false;
  const lowest = floors.reduce((low: HeapFloor, floor) => (floor.bytes <= low.bytes ? floor : low));
  return (
    newest.bytes - lowest.bytes >= notableRise(view, rule) &&
    newest.bytes > view.highWaterBytes &&
    view.oldBytes >= newest.bytes
  );
}

function isAboveTeeth(
  { newestFloorBytes, toothBytes, oldBytes, limitBytes }: HeapView,
  { aboveTeeth, toothShare }: SuspicionRule,
): boolean {
  if (newestFloorBytes === null || toothBytes === 0 || oldBytes <= toothBytes * aboveTeeth) return false;
  return oldBytes - newestFloorBytes > (limitBytes - newestFloorBytes) * toothShare;
}
