import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** Subscribes to diagnostics channels by their names. Whatever goes wrong in a listener is not the service's trouble.
 *  Returns what ends the subscriptions. */
export function listen<Message>(listeners: Readonly<Record<string, (message: Message) => void>>): () => void {
  const ends = Object.entries(listeners).map(([channel, listener]) => {
    const guarded = (message: unknown): void => {
      try {
        listener(message as Message);
      } catch {
        // A number is lost, a request is not.
      }
    };
    subscribe(channel, guarded);
    return () => void unsubscribe(channel, guarded);
  });
  return () => {
    for (const end of ends) end();
  };
}
