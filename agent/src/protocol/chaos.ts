/** Where a chaos library in the same process says which faults it has injected: a Map from fault id to the
 *  time of injection in ms since the epoch, at `globalThis[activeFaultsKey]`. A well-known symbol, because the
 *  agent must not depend on any chaos library and none must depend on the agent's code. */
export const activeFaultsKey: unique symbol = Symbol.for('faultline.chaos.activeFaults');
