import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';

/** What is used of a client of `pg`: a structure, so that nothing here depends on the driver. */
export interface PgClient {
  connect(): Promise<unknown>;
  query(text: string, values: readonly unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
  end(): Promise<void>;
  on(event: 'error', listener: (error: unknown) => void): unknown;
}

/** Options of such a client that are used. Times in ms. */
export interface PgClientOptions {
  readonly connectionString: string;
  readonly stream: () => Duplex;
  readonly application_name: string;
  readonly options: string;
  readonly connectionTimeoutMillis: number;
  readonly statement_timeout: number;
  readonly query_timeout: number;
}

/** Makes a client that is not connected yet. */
export type PgClientClass = new (options: PgClientOptions) => PgClient;

/** The `pg` that the service has: seen from its main script, else from its working directory. Throws when it has
 *  none, as a bundled service does. */
export function loadPgClient(mainScript: string | null, workingDirectory: string): PgClientClass {
  const places = [...(mainScript === null ? [] : [mainScript]), join(workingDirectory, 'none.js')];
  for (const place of places) {
    const found = tryLoad(place);
    if (found !== null) return found;
  }
  throw new Error('the service has no package pg that could be loaded');
}

function tryLoad(place: string): PgClientClass | null {
  try {
    const { Client } = createRequire(place)('pg') as { readonly Client?: unknown };
    return typeof Client === 'function' ? (Client as PgClientClass) : null;
  } catch {
    return null;
  }
}
