import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { ProxyError } from '../errors.js';

/** Refuses what a web page in a browser on this machine could send: the API has no token, because Toxiproxy's clients
 *  present none.
 *  @throws ProxyError 403. */
export function refuseBrowsers({ headers }: IncomingMessage): void {
  const fromPage =
    headers.origin !== undefined || ![undefined, 'none'].includes(oneOf(headers['sec-fetch-site']));
  if (fromPage || headers['user-agent']?.startsWith('Mozilla/')) {
    throw new ProxyError(403, 'User agent not allowed: browsers may not use this API');
  }
  const host = (headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  if (host === 'localhost' || isIP(host) !== 0) return;
  throw new ProxyError(403, 'the Host header must be an IP address or localhost');
}

const oneOf = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);
