import { BlockList, isIP } from 'node:net';
import { ProxyError } from './errors.js';

/** Where something listens or connects to. */
export interface Address {
  /** A host name or an IP address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Reads `host:port`, `:port` or, for IPv6, `[host]:port`. Without a host it is 127.0.0.1, and so is `localhost`:
 *  nobody listens on every interface by accident.
 *  @throws ProxyError 400 that names the field. */
export function parseAddress(text: string, field: string): Address {
  const match = /^(?:\[([\da-fA-F:.]{2,45})\]|([A-Za-z0-9._-]{0,253})):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3] ?? Number.NaN);
  if (!match || !(port <= 65_535) || (match[1] !== undefined && isIP(match[1]) !== 6)) {
    throw new ProxyError(
      400,
      `${field} must be host:port with a port from 0 to 65535, got ${JSON.stringify(text)}`,
    );
  }
  const host = match[1] ?? match[2] ?? '';
  return { host: host === '' || host.toLowerCase() === 'localhost' ? '127.0.0.1' : host, port };
}

/** The text that parseAddress reads. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether the host is this machine and nothing else. A name is not asked for: what it resolves to may change. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  return family === 0
    ? host.toLowerCase() === 'localhost'
    : loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/** Refuses a host that is neither loopback nor allowed by name.
 *  @throws ProxyError 403 that says how it would be allowed. */
export function requireAllowed({ host }: Address, allowed: readonly string[], field: string): void {
  if (isLoopback(host) || allowed.includes(host)) return;
  throw new ProxyError(
    403,
    `${field} may only be on this machine, got ${JSON.stringify(host)}; start the proxy with --allow ${host} to permit it`,
  );
}
