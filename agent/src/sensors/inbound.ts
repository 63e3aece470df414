import { onRequestStart } from './request-starts.js';
import type { Sensor } from './sensor.js';

/** Requests that servers of node:http in this process began to serve since the start, of every kind. Those of http2 are
 *  not told of. Unit: requests. Source: the diagnostics channel http.server.request.start. */
export function startInboundSensor(): Sensor<number> {
  let begun = 0;
  const close = onRequestStart(() => {
    begun += 1;
  });
  return { read: () => begun, close };
}
