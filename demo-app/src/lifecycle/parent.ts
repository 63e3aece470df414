/** Sends a message to the process that has forked this one; nothing happens when there is none any more. */
export function tellParent(message: object): void {
  // The callback takes the error of a channel that closes just now; without it the process would end.
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

/** Fulfilled when a message has left, or cannot leave any more. */
export function tellParentAndWait(message: object): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || process.send === undefined) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

/** Calls the listener once when this process is asked to end: SIGTERM, SIGINT, SIGHUP, the message
 *  `{"type":"stop"}` from the process that forked it, or the end of that process. */
export function onStopRequest(listener: (reason: string) => void): void {
  let asked = false;
  const ask = (reason: string) => {
    if (asked) return;
    asked = true;
    listener(reason);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => ask(signal));
  if (process.send === undefined) return;
  process.on('disconnect', () => ask('the parent process has gone'));
  process.on('message', (message: unknown) => {
    if (typeof message === 'object' && message !== null && 'type' in message && message.type === 'stop')
      ask('the parent process asked');
  });
}
