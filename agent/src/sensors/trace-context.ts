import { loadOpenTelemetryApi } from '../otel-api.js';

/** Ids of the span that is active where this is called, in lower-case hexadecimal (W3C Trace Context). */
export interface ActiveSpan {
  readonly traceId: string;
  readonly spanId: string;
}

/** Null when the host does not trace, or no valid span is active. */
export function readActiveSpan(): ActiveSpan | null {
  const api = loadOpenTelemetryApi();
  const span = api?.trace.getActiveSpan()?.spanContext();
  if (!api || !span || !api.isSpanContextValid(span)) return null;
  return { traceId: span.traceId, spanId: span.spanId };
}
