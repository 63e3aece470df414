import type { RunningFault } from '@faultline/chaos';
import pg from 'pg';
import { createHarm } from './harm.js';

const lookMs = 100;
/** Readers of the table end within ms; whoever has to wait longer for the lock gives up. Unit: ms. */
const lockLimitMs = 5_000;

/** Locks the products as a migration does whose transaction nobody ends. The session is none of the pool's. */
export function holdProductLock(url: string, { expired }: { readonly expired: () => boolean }): RunningFault {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'product-migration',
    connectionTimeoutMillis: lockLimitMs,
    lock_timeout: lockLimitMs,
  });
  const harm = createHarm();
  let isHeld = false;
  let isOver = false;
  const stop = (): void => {
    isOver = true;
    isHeld = false;
    clearInterval(timer);
    // The end of a session undoes its transaction.
    void client.end().catch(() => {});
  };
  const timer = setInterval(() => {
    if (expired()) stop();
    else if (isHeld) harm.note();
  }, lookMs).unref();
  // Somebody may end the session, as the runbook says.
  client.on('error', stop);
  const take = async (): Promise<void> => {
    await client.connect();
    if (isOver) return void client.end();
    await client.query('begin');
    await client.query('lock table products in access exclusive mode');
    isHeld = !isOver;
  };
  take().catch(stop);
  return { signal: harm.signal, stop };
}
