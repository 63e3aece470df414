import { createRequire } from 'node:module';
import type * as OpenTelemetryApi from '@opentelemetry/api';

/** Where every copy of the API, major version 1, keeps what the host has registered with it. */
const globalRegistry = Symbol.for('opentelemetry.js.api.1');

let loaded: typeof OpenTelemetryApi | null | undefined;

/** The OpenTelemetry API, or null when the host has registered nothing with it so far: loading it would cost
 *  such a host 6 MB for nothing. All copies of it share one global registry. */
export function loadOpenTelemetryApi(): typeof OpenTelemetryApi | null {
  if (loaded === undefined) {
    if (!(globalRegistry in globalThis)) return null;
    try {
      loaded = createRequire(import.meta.url)('@opentelemetry/api') as typeof OpenTelemetryApi;
    } catch {
      loaded = null;
    }
  }
  return loaded;
}
