import { createRequire } from 'node:module';
import type { MetricRow } from '../catalog/types.js';

/** Instrumentations that publish the same OpenTelemetry metrics, by the beginnings of the names. */
const publishers: readonly { readonly module: RegExp; readonly names: readonly string[] }[] = [
  { module: /[\\/]instrumentation-runtime-node[\\/]/, names: ['nodejs.eventloop.', 'v8js.'] },
  { module: /[\\/]instrumentation-http[\\/]/, names: ['http.server.'] },
  { module: /[\\/]instrumentation-pg[\\/]/, names: ['db.client.connection.'] },
];

/** Says which rows the host's own instrumentation publishes, so that nothing is counted twice.
 *  A module that is loaded is taken to be in use: the host may set FAULTLINE_OTEL=on when it is not. */
export function publishedByHost(files: readonly string[] = loadedFiles()): (row: MetricRow) => boolean {
  const names = publishers
    .filter(({ module }) => files.some((file) => module.test(file)))
    .flatMap((publisher) => publisher.names);
  return (row) => names.some((name) => row.otel?.startsWith(name));
}

const loadedFiles = (): string[] => Object.keys(createRequire(import.meta.url).cache);
