/** What a service with OpenTelemetry loads first, as CommonJS: `instrumentations` is what is asked of the automatic ones.
 *  Its spans are kept in memory, and `globalThis.spans()` gives them. */
export const telemetry = (instrumentations = ''): string => `
const { getNodeAutoInstrumentations } = require('@opentelemetry/auto-instrumentations-node');
const { NodeSDK, tracing } = require('@opentelemetry/sdk-node');
process.env.OTEL_METRICS_EXPORTER = process.env.OTEL_LOGS_EXPORTER = 'none';
const exporter = new tracing.InMemorySpanExporter();
globalThis.spans = () => exporter.getFinishedSpans();
new NodeSDK({
  spanProcessors: [new tracing.SimpleSpanProcessor(exporter)],
  instrumentations: getNodeAutoInstrumentations(${instrumentations}),
}).start();
`;
