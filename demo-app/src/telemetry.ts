/** Loaded with --import before the service itself, so that modules are instrumented when they are first imported.
 *  Every request gets a trace id; spans leave the process only when an OTLP endpoint is set. */
import { register } from 'node:module';
import { getNodeAutoInstrumentations } from '@opentelemetry/auto-instrumentations-node';
import { NodeSDK, tracing } from '@opentelemetry/sdk-node';
import { atExit } from './lifecycle/at-exit.js';

/** Everything else of the bundle stays off: what is not used should not cost anything. */
const instrumented = ['http', 'express', 'pg', 'pino', 'undici'];

/** Modules whose `import` must be intercepted. The service's own files are left alone. */
const intercepted = ['http', 'https', 'node:http', 'node:https', 'express', 'pg', 'pino'];

/** Probes would fill the traces with noise. */
const untracedPaths = new Set(['/healthz', '/readyz']);

const { env } = process;
const hasEndpoint = (signal: 'TRACES' | 'METRICS' | 'LOGS'): boolean =>
  Boolean(env.OTEL_EXPORTER_OTLP_ENDPOINT || env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`]);

env.OTEL_SERVICE_NAME ||= 'product-catalog';
env.OTEL_NODE_ENABLED_INSTRUMENTATIONS ||= instrumented.join(',');
// The SDK's default is to send to localhost; nobody may be listening there, so an endpoint has to be asked for.
if (!hasEndpoint('METRICS')) env.OTEL_METRICS_EXPORTER ||= 'none';
if (!hasEndpoint('LOGS')) env.OTEL_LOGS_EXPORTER ||= 'none';
const exportsTraces = hasEndpoint('TRACES') || Boolean(env.OTEL_TRACES_EXPORTER);

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url, { data: { include: intercepted } });

const sdk = new NodeSDK({
  // Without any processor the SDK would make no spans, and logs would have no trace ids.
  ...(!exportsTraces && { spanProcessors: [new tracing.NoopSpanProcessor()] }),
  instrumentations: getNodeAutoInstrumentations({
    '@opentelemetry/instrumentation-http': {
      ignoreIncomingRequestHook: ({ url = '' }) => untracedPaths.has(url),
    },
    // One span for the matched route says it; one for each middleware would be several times as many.
    '@opentelemetry/instrumentation-express': { ignoreLayers: [/^middleware - /] },
    '@opentelemetry/instrumentation-pino': { disableLogSending: !hasEndpoint('LOGS') },
  }),
});

sdk.start();
atExit(() => sdk.shutdown());
