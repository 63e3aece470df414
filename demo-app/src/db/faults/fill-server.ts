import type { RunningFault } from '@faultline/chaos';
import pg from 'pg';
import { createHarm } from './harm.js';

const everyMs = 250;
const connectMs = 2_000;

/** How the server is filled. */
export interface FillOptions {
  readonly sessionsMost: number;
  readonly expired: () => boolean;
}

/** Takes every connection that the server has to give, and ends those of this service, so that it has to ask for new
 *  ones. Everything ends with the sessions that are held here. */
export function fillServer(url: string, { sessionsMost, expired }: FillOptions): RunningFault {
  const sessions = new Set<pg.Client>();
  const harm = createHarm();
  let isOver = false;
  let isBusy = false;

  const open = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'price-import',
      connectionTimeoutMillis: connectMs,
    });
    // Somebody may send these sessions away, as the runbook says.
    client.on('error', () => {
      if (sessions.has(client)) stop();
    });
    await client.connect();
    if (isOver) await client.end();
    else sessions.add(client);
    return client;
  };
  const look = async (): Promise<void> => {
    const first = sessions.values().next().value ?? (await open());
    await first.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'product-catalog'`,
    );
    // Somebody else may have had the last one for a moment: the server is full when it says so.
    while (!isOver && sessions.size < sessionsMost) await open();
  };
  const stop = (): void => {
    isOver = true;
    clearInterval(timer);
    for (const client of sessions) void client.end().catch(() => {});
    sessions.clear();
  };
  const timer = setInterval(() => {
    if (expired()) return stop();
    if (isBusy) return;
    isBusy = true;
    look()
      .catch((error: unknown) => {
        if ((error as { readonly code?: unknown }).code === tooManyClients && !isOver) harm.note();
      })
      .finally(() => {
        isBusy = false;
      });
  }, everyMs).unref();
  return { signal: harm.signal, stop };
}

/** PostgreSQL's code for `sorry, too many clients already`. */
const tooManyClients = '53300';
