import pg from 'pg';

/** Ends sessions for which others wait while they do nothing themselves: their transaction has been idle for so long. It
 *  asks through a connection of its own, because the pool may have none. Returns how many were ended; throws when the
 *  server cannot be asked, or does not allow it. Unit: ms. */
export async function endBlockingSessions(url: string, idleMs: number): Promise<number> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'product-catalog-admin',
    connectionTimeoutMillis: 3_000,
    statement_timeout: 3_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where state like 'idle in transaction%' and state_change < now() - make_interval(secs => $1)
         and pid in (select unnest(pg_blocking_pids(pid)) from pg_stat_activity where wait_event_type = 'Lock')`,
      [idleMs / 1_000],
    );
    return rowCount ?? 0;
  } finally {
    await client.end().catch(() => {});
  }
}
