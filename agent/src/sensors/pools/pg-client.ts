/** Database that a client of `pg` is connected to, spelled like the target of a dependency; null when it does not
 *  say. */
export function pgClientTarget(client: object): string | null {
  const { host, port, database } = client as Record<'host' | 'port' | 'database', unknown>;
  if (typeof host !== 'string' && typeof database !== 'string') return null;
  return `${host ?? 'localhost'}:${port ?? 5432}/${database ?? ''}`;
}

/** Whether a client of `pg` runs a query or has one queued; null when it cannot be told. Only fields of its own are
 *  read: from version 8.16 on the public names are getters that warn. */
export function isPgClientQuerying(client: object): boolean | null {
  const active = ownField(client, '_activeQuery', 'activeQuery');
  const queues = [ownField(client, '_queryQueue', 'queryQueue'), ownField(client, '_sentQueryQueue')];
  if (active === undefined && queues.every((queue) => queue === undefined)) return null;
  if (active !== undefined && active !== null) return true;
  return queues.some((queue) => Array.isArray(queue) && queue.length > 0);
}

/** The server's process that serves a client of `pg`, as it told the client when it connected; null when it is not
 *  known. */
export function pgBackendPid(client: object): number | null {
  const pid = ownField(client, 'processID');
  return typeof pid === 'number' && pid > 0 && isPgClientQuerying(client) !== null ? pid : null;
}

function ownField(client: object, ...names: readonly string[]): unknown {
  for (const name of names) {
    const value: unknown = Object.getOwnPropertyDescriptor(client, name)?.value;
    if (value !== undefined) return value;
  }
  return undefined;
}
