import type { RunningFault } from '@faultline/chaos';
import pg from 'pg';
import { createHarm } from './harm.js';

const everyMs = 250;

/** How long the server waits. */
export interface HandshakeOptions {
  readonly delayMs: number;
  readonly expired: () => boolean;
}

/** The server takes note of a setting within this time. */
const notedWithin = '2 seconds';

/** Sets the server's own `pre_auth_delay`, which needs a superuser, and ends the connections that this service has from
 *  before, so that it has to open new ones. The session that set it takes it back. */
export function delayHandshakes(url: string, { delayMs, expired }: HandshakeOptions): RunningFault {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'slow-handshake',
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => {});
  const harm = createHarm();
  let isOver = false;
  let isBusy = false;

  const begin = async (): Promise<string> => {
    await client.connect();
    await client.query(`alter system set pre_auth_delay = '${Math.round(delayMs / 1_000)}s'`);
    const { rows } = await client.query<{ now: string }>('select now()::text as now from pg_reload_conf()');
    return rows[0]!.now;
  };
  const begun = begin();
  begun.catch(() => {});
  const look = async (): Promise<void> => {
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'product-catalog' and backend_start < $1::timestamptz + $2::interval`,
      [await begun, notedWithin],
    );
    if (!isOver) harm.note();
  };
  const end = async (): Promise<void> => {
    await begun.catch(() => null);
    await client.query('alter system reset pre_auth_delay');
    await client.query('select pg_reload_conf()');
  };
  const stop = (): void => {
    if (isOver) return;
    isOver = true;
    clearInterval(timer);
    end()
      .catch(() => {})
      .finally(() => client.end().catch(() => {}));
  };
  const timer = setInterval(() => {
    if (expired()) return stop();
    if (isBusy) return;
    isBusy = true;
    look()
      .catch(() => {})
      .finally(() => {
        isBusy = false;
      });
  }, everyMs).unref();
  return { signal: harm.signal, stop };
}
