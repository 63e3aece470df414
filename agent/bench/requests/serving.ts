import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { startRequestsSensor } from '../../src/sensors/http/sensor.js';
import { followServedRequests } from '../../src/sensors/http/served-requests.js';
import { trackRequests } from '../../src/sensors/tracked-requests.js';

/** As many as there can be before anybody doubts them. */
export const manyRoutes = 10_000;

const started = channel('http.server.request.start');
const finished = channel('http.server.response.finish');

/** Stands for a response of node:http: what is read from one, and its events. */
class Response extends EventEmitter {
  readonly statusCode = 200;
  readonly req: object;
  constructor(request: object) {
    super();
    this.req = request;
  }
}

/** As Express leaves them: one object for each route. */
const routes = Array.from({ length: manyRoutes }, (_, index) => ({ path: `/route-${index}/:id` }));

/** Publishes what node:http does for one request; requests go to so many routes in turn. */
export function serve(index: number, routeCount: number): void {
  const request = { method: 'GET', url: '/', route: routes[index % routeCount], socket: null };
  const response = new Response(request);
  if (started.hasSubscribers) started.publish({ request, response });
  if (finished.hasSubscribers) finished.publish({ request, response });
}

const observer = { wantsEnds: () => false, onEnd() {}, traceIdOf: () => null };

/** `tracks` says whether requests are followed through their asynchronous calls as well, as in hosts without
 *  OpenTelemetry. */
export function startRequests(tracks: boolean) {
  const served = followServedRequests();
  const sensor = startRequestsSensor(served, observer);
  const source = tracks ? trackRequests(served) : null;
  return {
    read: sensor.read,
    begun: served.begun,
    close() {
      source?.close();
      sensor.close();
      served.close();
    },
  };
}
