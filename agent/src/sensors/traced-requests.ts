import type { EventEmitter } from 'node:events';
import { loadOpenTelemetryApi } from '../otel-api.js';
import type { RequestContext } from '../protocol/incident.js';
import type { RequestSource } from './requests.js';
import { readActiveSpan } from './trace-context.js';

/** What OpenTelemetry's HTTP instrumentation keeps in the context of each request, and its router
 *  instrumentations complete. Source: @opentelemetry/core, RPCMetadata. */
interface RpcMetadata {
  readonly type: string;
  readonly route?: string;
  readonly span: {
    /** Missing on spans that are not sampled; their requests count as served all the same. */
    readonly ended?: boolean;
    readonly attributes?: Readonly<Record<string, unknown>>;
    spanContext(): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number };
  };
}

// Not imported: an import reads every export of node:http, and one of them loads undici, which costs the service
// more than 10 MB from Node 22 on.
const { Server } = process.getBuiltinModule('node:http');
const rpcMetadataKey = Symbol.for('OpenTelemetry SDK Context Key RPC_METADATA');

/** Asks the context that OpenTelemetry carries anyway: that costs a request nothing, whereas a second
 *  AsyncLocalStorage would cost something for every promise. */
export const tracedRequests: RequestSource = {
  current() {
    const api = loadOpenTelemetryApi();
    const metadata = activeMetadata();
    if (!api || metadata === null) return null;
    const active = api.trace.getActiveSpan()?.spanContext() ?? metadata.span.spanContext();
    // A host whose traces go nowhere has spans all the same, whose ids are zeros.
    const isValid = api.isSpanContextValid(active);
    return {
      route: routeOf(metadata),
      traceId: isValid ? active.traceId : null,
      spanId: isValid ? active.spanId : null,
    };
  },
  mark: () => activeMetadata()?.span ?? null,
  markOf: ({ response }) => askWithin(response, () => activeMetadata()?.span ?? null),
  close() {},
};

/** A span that has ended belongs to a request whose response has been sent. */
function activeMetadata(): RpcMetadata | null {
  const active = loadOpenTelemetryApi()?.context.active();
  const metadata = active?.getValue(rpcMetadataKey) as RpcMetadata | undefined;
  return metadata === undefined || metadata.span.ended === true ? null : metadata;
}

function routeOf({ route, span }: RpcMetadata): RequestContext['route'] {
  const attributes = span.attributes ?? {};
  const method = attributes['http.request.method'] ?? attributes['http.method'] ?? 'HTTP';
  return `${method} ${route ?? 'unmatched'}`;
}

const askedKey = Symbol('faultline.asked');

/** Id of the trace of a request that is being served, seen from outside of it; null when it has none. */
export const readTraceIdOf = (response: EventEmitter | null): string | null =>
  askWithin(response, () => readActiveSpan()?.traceId ?? null);

/** Asks in the context of a request that is being served, from outside of it. OpenTelemetry's instrumentation binds the
 *  listeners of a response to that context, so one that is called is in there. */
function askWithin<Answer>(response: EventEmitter | null, ask: () => Answer | null): Answer | null {
  let answer: Answer | null = null;
  const listener = (): void => {
    answer = ask();
  };
  try {
    response?.on(askedKey, listener).emit(askedKey);
  } catch {
    // The host's own emit() or listeners fail.
  } finally {
    response?.off(askedKey, listener);
  }
  return answer;
}

/** Whether the host carries an OpenTelemetry context through its asynchronous calls and has its HTTP servers
 *  instrumented. Instrumentations mark what they wrap with `__wrapped`. */
export function isTraced(): boolean {
  const api = loadOpenTelemetryApi();
  if (api === null || !('__wrapped' in Server.prototype.emit)) return false;
  const probe = api.createContextKey('faultline probe');
  const context = api.ROOT_CONTEXT.setValue(probe, true);
  return api.context.with(context, () => api.context.active().getValue(probe) === true);
}
