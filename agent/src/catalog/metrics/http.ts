import type { MetricRow } from '../types.js';
import { gauge, histogram, label } from './row.js';

/** prom-client's own, a part of those that OpenTelemetry's convention advises. */
const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Requests to the HTTP servers of this thread. */
export const httpMetrics = {
  httpRequestDuration: histogram({
    prometheus: 'http_request_duration_seconds',
    otel: 'http.server.request.duration',
    // The sensor keeps to these bounds itself.
    labels: [
      label('method', 'http.request.method', 11),
      label('route', 'http.route', 100),
      label('status_code', 'http.response.status_code', 32),
    ],
    otelAttributes: ['url.scheme', 'error.type'],
    buckets: requestBuckets,
    help: 'Time from the head of a request until its response was sent. Without a matched route it is `unmatched`; with a connection that closed before the response was sent, the status is `aborted`.',
    source: 'diagnostics channels http.server.request.start and http.server.response.finish',
  }),
  httpRequestsInFlight: gauge({
    prometheus: 'http_requests_in_flight',
    otel: 'http.server.active_requests',
    unit: '{request}',
    help: 'Requests whose response is not sent yet.',
    source: 'diagnostics channels http.server.request.start and http.server.response.finish',
  }),
} as const satisfies Record<string, MetricRow>;
