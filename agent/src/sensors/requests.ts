import type { RequestContext } from '../protocol/incident.js';
import type { ServedRequests, Serving } from './http/served-requests.js';
import { isTraced, tracedRequests } from './traced-requests.js';
import { trackRequests } from './tracked-requests.js';

/** Knows which request the code that runs now belongs to. */
export interface RequestSource {
  /** Null outside of a request, and after its response has been sent: a wrong name is worse than none. */
  current(): RequestContext | null;
  /** An object that stands for the request that the code which runs now belongs to; null where current() is. */
  mark(): object | null;
  /** The same object, for a request that is seen from outside of it. */
  markOf(serving: Serving): object | null;
  close(): void;
}

/** The request source that fits the host. */
export interface RequestSensor extends RequestSource {
  /** Looks whether the host has come to be traced since: OpenTelemetry may start after the agent. */
  refresh(): void;
  /** Whether the context of OpenTelemetry is asked. */
  isTraced(): boolean;
}

/** Uses OpenTelemetry's context where there is one, and otherwise follows requests itself. */
export function startRequestSensor(served: ServedRequests): RequestSensor {
  let traced = isTraced();
  let source = traced ? tracedRequests : trackRequests(served);
  return {
    refresh() {
      if (traced || !isTraced()) return;
      traced = true;
      source.close();
      source = tracedRequests;
    },
    isTraced: () => traced,
    current: () => source.current(),
    mark: () => source.mark(),
    markOf: (serving) => source.markOf(serving),
    close: () => source.close(),
  };
}
