import { ownField } from './own-field.js';
import { isPgClientQuerying, pgClientTarget } from './pg-client.js';

/** Whether a connection of a database driver runs a command; null when it is of none that is known. */
export function isConnectionBusy(connection: object): boolean | null {
  const isQuerying = isPgClientQuerying(connection);
  return isQuerying ?? isMysqlConnectionBusy(connection);
}

/** A connection of mysql2 or mysql has one command at work, and a queue of those behind it. */
export function isMysqlConnectionBusy(connection: object): boolean | null {
  const command: unknown = ownField(connection, '_command');
  const queued = (connection as { readonly _commands?: { readonly length?: unknown } })._commands?.length;
  if (command === undefined && typeof queued !== 'number') return null;
  return Boolean(command) || (typeof queued === 'number' && queued > 0);
}

/** Database that a connection leads to, as `host:port/database`; null when it does not say. */
export function targetOfConnection(connection: object): string | null {
  return pgClientTarget(connection) ?? mysqlTarget(ownField(connection, 'config'));
}

/** Spelled from the settings of mysql2; null when they are something else. */
export function mysqlTarget(config: unknown): string | null {
  const { host, port, database, socketPath } = (config ?? {}) as Record<string, unknown>;
  if (typeof socketPath === 'string') return `${socketPath}/${database ?? ''}`;
  if (typeof host !== 'string') return null;
  return `${host}:${port ?? 3306}/${database ?? ''}`;
}
