import { createRequire } from 'node:module';
import type * as PromClient from 'prom-client';

/** prom-client's text format without the rest of it: the whole package, with its own metrics, its cluster support
 *  and the OpenTelemetry API, costs the sidecar 3 MB more. It has no `exports`, so the file is public enough; a
 *  test compares it with the package's own. */
export const Registry = createRequire(import.meta.url)(
  'prom-client/lib/registry.js',
) as typeof PromClient.Registry;
