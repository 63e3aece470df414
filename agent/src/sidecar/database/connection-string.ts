/** Parameters of a connection string that say where the server is and how it is to be trusted. All others could lift
 *  the limits that a question has. */
const kept = /^(host|ssl\w*|uselibpqcompat)$/i;

/** The same connection string without parameters that change what a session may do. */
export function plainConnectionString(text: string): string {
  const url = new URL(text);
  for (const name of [...url.searchParams.keys()]) if (!kept.test(name)) url.searchParams.delete(name);
  return url.href;
}

/** Where a connection string leads to, spelled like the target of a pool: `host:port/database`. */
export function targetOfConnectionString(text: string): string {
  const { hostname, port, pathname, searchParams, username } = new URL(text);
  const host = searchParams.get('host') || decodeURIComponent(hostname) || 'localhost';
  const database = decodeURIComponent(pathname.slice(1)) || decodeURIComponent(username);
  return `${host}:${port || '5432'}/${database}`;
}

/** Whether two targets are the same database. The own machine has several names. */
export const isSameTarget = (one: string, other: string): boolean => plainHost(one) === plainHost(other);

const plainHost = (target: string): string =>
  target.toLowerCase().replace(/^(127\.0\.0\.1|\[?::1\]?)(?=:\d+(\/|$))/, 'localhost');
