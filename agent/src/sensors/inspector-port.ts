import inspector from 'node:inspector';

/** The TCP port on which a debugger may attach to this process: opened by --inspect, SIGUSR1 or inspector.open().
 *  0 for none. Only the main thread knows it; in a worker it is always 0. */
export function inspectorPort(): number {
  const url = inspector.url();
  return url === undefined ? 0 : Number(new URL(url).port);
}
