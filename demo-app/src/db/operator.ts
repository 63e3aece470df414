import pg from 'pg';

/** What one application has open in the database. */
interface ApplicationSessions {
  /** Empty for one that says no name. */
  readonly application: string;
  readonly count: number;
  /** Those of them that do nothing and have no transaction open. */
  readonly idle: number;
}

/** Who has how many sessions, most first, and how many the server allows. */
export interface SessionCounts {
  readonly max: number;
  readonly sessions: readonly ApplicationSessions[];
}

/** What somebody on call may have done in the database, through a session that is kept open: a server that is full, or slow
 *  to let anybody in, cannot be asked through a new one, and the pool may have none. All of these throw when the server
 *  cannot be asked, or does not allow it. */
export interface Operator {
  /** Connects, so that the session is there when it is needed. Each of the others does it as well. */
  open(): Promise<void>;
  countSessions(): Promise<SessionCounts>;
  /** Ends the sessions of an application that are idle. Returns how many. */
  endIdle(application: string): Promise<number>;
  /** Ends sessions for which others wait while they do nothing themselves: their transaction has been idle for so long.
   *  Returns how many. Unit: ms. */
  endBlocking(idleMs: number): Promise<number>;
  close(): Promise<void>;
}

export function createOperator(url: string): Operator {
  let session: Promise<pg.Client> | null = null;
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'product-catalog-admin',
      connectionTimeoutMillis: 3_000,
      statement_timeout: 3_000,
    });
    const forget = (): void => {
      session = null;
    };
    client.on('error', forget);
    client.on('end', forget);
    await client.connect();
    return client;
  };
  const useSession = async (): Promise<pg.Client> => {
    session ??= connect();
    try {
      return await session;
    } catch (error) {
      session = null;
      throw error;
    }
  };
  const change = async (text: string, values: readonly unknown[]): Promise<number> =>
    (await (await useSession()).query(text, [...values])).rowCount ?? 0;

  return {
    open: async () => void (await useSession()),
    async countSessions() {
      const client = await useSession();
      const { rows } = await client.query<ApplicationSessions>(
        `select application_name as application, count(*)::int as count,
           (count(*) filter (where state = 'idle'))::int as idle
         from pg_stat_activity where backend_type = 'client backend' group by 1 order by 2 desc, 1 limit 100`,
      );
      const settings = await client.query<{ max: number }>(
        `select current_setting('max_connections')::int as max`,
      );
      return { max: settings.rows[0]!.max, sessions: rows };
    },
    endIdle: (application) =>
      change(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = $1 and state = 'idle' and pid <> pg_backend_pid()`,
        [application],
      ),
    endBlocking: (idleMs) =>
      change(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where state like 'idle in transaction%' and state_change < now() - make_interval(secs => $1)
           and pid in (select unnest(pg_blocking_pids(pid)) from pg_stat_activity where wait_event_type = 'Lock')`,
        [idleMs / 1_000],
      ),
    async close() {
      const client = await session?.catch(() => null);
      await client?.end().catch(() => {});
    },
  };
}
