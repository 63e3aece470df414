/** Unit: bytes. What a direction of a connection may hold when nothing delays it. */
const heldWithoutToxics = 64 * 1024;
/** Unit: bytes. With toxics: enough for 1 MB/s at a latency of one second. */
const heldWithToxics = 1024 * 1024;
/** Unit: bytes. What all connections together may hold before each is kept as short as without toxics. */
const heldByAll = 256 * 1024 * 1024;

/** How much the proxy holds in memory, over all connections. */
export interface Budget {
  /** Notes bytes that are held from now on, or with a negative number no longer. */
  add(bytes: number): void;
  /** Bytes at which a direction stops reading. */
  limit(hasToxics: boolean): number;
}

/** An empty budget. */
export function createBudget(): Budget {
  let held = 0;
  return {
    add(bytes) {
      held += bytes;
    },
    limit: (hasToxics) => (hasToxics && held < heldByAll ? heldWithToxics : heldWithoutToxics),
  };
}
