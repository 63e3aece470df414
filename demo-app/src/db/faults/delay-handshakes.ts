import type { RunningFault } from '@faultline/chaos';
import pg from 'pg';
import { createHarm } from './harm.js';

const everyMs = 250;

/** How long the server waits. */
export interface HandshakeOptions {
  readonly delayMs: number;
  readonly expired: () => boolean;
}

/** Sets the server's own `pre_auth_delay`, which needs a superuser, and ends the connections of this service, so that it
 *  has to open new ones. The session that set it takes it back. */
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

  const begin = async (): Promise<void> => {
    await client.connect();
    await client.query(`alter system set pre_auth_delay = '${Math.round(delayMs / 1_000)}s'`);
    await client.query('select pg_reload_conf()');
  };
  const begun = begin();
  begun.catch(() => {});
  const look = async (): Promise<void> => {
    await begun;
    // None but those that are waiting to be let in, which have no name yet, and those from before.
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'product-catalog'`,
    );
    if (!isOver) harm.note();
  };
  const end = async (): Promise<void> => {
    await begun.catch(() => {});
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
