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
    const metadata = api?.context.active().getValue(rpcMetadataKey) as RpcMetadata | undefined;
    // A span that has ended belongs to a request whose response has been sent.
    if (!api || metadata === undefined || metadata.span.ended === true) return null;
    const active = api.trace.getActiveSpan()?.spanContext() ?? metadata.span.spanContext();
    // A host whose traces go nowhere has spans all the same, whose ids are zeros.
    const isValid = api.isSpanContextValid(active);
    return {
      route: routeOf(metadata),
      traceId: isValid ? active.traceId : null,
      spanId: isValid ? active.spanId : null,
    };
  },
  close() {},
};

function routeOf({ route, span }: RpcMetadata): RequestContext['route'] {
  const attributes = span.attributes ?? {};
  const method = attributes['http.request.method'] ?? attributes['http.method'] ?? 'HTTP';
  return `${method} ${route ?? 'unmatched'}`;
}

const askedKey = Symbol('faultline.asked');

/** Id of the trace of a request that is being served, seen from outside of it; null when it has none. OpenTelemetry's
 *  instrumentation binds the listeners of a response to the context of its request, so one that is called is in there. */
export function readTraceIdOf(response: EventEmitter | null): string | null {
  let traceId: string | null = null;
  const ask = (): void => {
    traceId = readActiveSpan()?.traceId ?? null;
  };
  try {
    response?.on(askedKey, ask).emit(askedKey);
  } catch {
    // The host's own emit() or listeners fail.
  } finally {
    response?.off(askedKey, ask);
  }
  return traceId;
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
