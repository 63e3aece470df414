/** Calls `onSignal` for each signal of this name. A listener keeps no event loop alive, and takes away what the
 *  signal does by itself, which is to end the process: that is why nothing listens unless it is told to. */
export function listenForSignal(name: NodeJS.Signals | 'off', onSignal: () => void): { close(): void } {
  if (name === 'off') return { close() {} };
  process.on(name, onSignal);
  return { close: () => void process.off(name, onSignal) };
}
