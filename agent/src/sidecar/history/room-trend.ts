/** Readings that are closer together say more of the moment than of the trend. Unit: ms. */
const leastSpanMs = 900;

/** A reading of what is left, with how fast that becomes less. */
export type RoomReading<Room> = Room & {
  /** 0 with the first reading, and while there is more rather than less. */
  readonly fillBytesPerSecond: number;
};

/** Adds to each reading how fast the room has been filling since one before it. */
export function createRoomTrend<Room extends { readonly where: string; readonly freeBytes: number }>(
  read: () => Room,
  now: () => number,
): () => RoomReading<Room> {
  let before: { readonly atMs: number; readonly room: Room } | null = null;
  let fillBytesPerSecond = 0;
  return () => {
    const current = { atMs: now(), room: read() };
    if (before === null || before.room.where !== current.room.where) {
      before = current;
      fillBytesPerSecond = 0;
    } else if (current.atMs - before.atMs >= leastSpanMs) {
      const goneBytes = before.room.freeBytes - current.room.freeBytes;
      fillBytesPerSecond = Math.max(0, (goneBytes * 1_000) / (current.atMs - before.atMs));
      before = current;
    }
    return { ...current.room, fillBytesPerSecond };
  };
}
