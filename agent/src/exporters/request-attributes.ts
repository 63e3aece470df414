import { abortedStatus, type EndedRequest, unmatchedRoute } from '../protocol/requests.js';

/** A request in the words of OpenTelemetry's convention, in the order of the catalog: method, route, status, scheme,
 *  type of error. What does not apply is empty: no route was matched, no status was sent, or nothing failed. */
export function requestAttributes({ method, route, status, scheme }: EndedRequest): readonly string[] {
  const isAborted = status === abortedStatus;
  return [
    method,
    route === unmatchedRoute ? '' : route,
    isAborted ? '' : status,
    scheme,
    isAborted || status.startsWith('5') ? status : '',
  ];
}
