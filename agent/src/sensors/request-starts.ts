import { subscribe, unsubscribe } from 'node:diagnostics_channel';

const startChannel = 'http.server.request.start';

/** Calls back when a request to a node:http server begins, before its handler runs. Returns what ends that.
 *  Source: the diagnostics channel http.server.request.start. */
export function onRequestStart(listener: () => void): () => void {
  const heard = (): void => listener();
  subscribe(startChannel, heard);
  return () => void unsubscribe(startChannel, heard);
}
