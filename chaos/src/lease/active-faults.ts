/** Where the agent looks for running faults: a Map from fault id to the time of injection in ms since the epoch.
 *  A well-known symbol, so that neither package depends on the other's code. */
const activeFaultsKey = Symbol.for('faultline.chaos.activeFaults');

/** The published Map. It exists only while faults run; other chaos libraries in the process may share it. */
function published(): Map<string, number> | null {
  const found: unknown = Reflect.get(globalThis, activeFaultsKey);
  return found instanceof Map ? found : null;
}

/** Makes a running fault visible to everything in the process that wants to know. */
export function publishActiveFault(faultId: string, startedAtMs: number): void {
  const active = published() ?? new Map<string, number>();
  active.set(faultId, startedAtMs);
  Reflect.set(globalThis, activeFaultsKey, active);
}

/** Takes a fault off the list again, and the list with the last of them. */
export function withdrawActiveFault(faultId: string): void {
  const active = published();
  active?.delete(faultId);
  if (active?.size === 0) Reflect.deleteProperty(globalThis, activeFaultsKey);
}
