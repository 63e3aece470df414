import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Why a request may not see what it asks for; null when it may. */
export interface Refusal {
  readonly status: 401 | 403;
  readonly title: string;
  readonly detail: string;
}

/** With a token, whoever holds it is let in from anywhere. Without one, only this machine is. */
export function refuse(request: IncomingMessage, token: string | null): Refusal | null {
  if (token !== null) return hasToken(request, token) ? null : unauthorized;
  if (!isLoopback(request.socket.remoteAddress)) return forbidden;
  // A page in a browser on this machine could reach here through a host name that it controls.
  if (!isLocalName(request.headers.host)) return foreignHost;
  // Such a page may not read what it gets from another origin, but may send a POST there all the same.
  return request.method === 'POST' && isForeignOrigin(request) ? foreignOrigin : null;
}

const unauthorized: Refusal = {
  status: 401,
  title: 'Unauthorized',
  detail: 'Send the header "Authorization: Bearer <FAULTLINE_TOKEN>".',
};
const forbidden: Refusal = {
  status: 403,
  title: 'Forbidden',
  detail: 'Without FAULTLINE_TOKEN this route answers on loopback only. Set FAULTLINE_TOKEN in the service.',
};
const foreignHost: Refusal = {
  status: 403,
  title: 'Forbidden',
  detail: 'Without FAULTLINE_TOKEN this route answers to an IP address or localhost in the Host header only.',
};

const foreignOrigin: Refusal = {
  status: 403,
  title: 'Forbidden',
  detail: 'Without FAULTLINE_TOKEN this route takes no POST from a page of another origin.',
};

/** Browsers name the origin of every POST; other programs send none. Source: Fetch standard, Origin header. */
function isForeignOrigin({ headers: { origin, host } }: IncomingMessage): boolean {
  return origin !== undefined && origin !== `http://${host}`;
}

function hasToken(request: IncomingMessage, token: string): boolean {
  const given = /^Bearer (\S{1,1024})$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  // Digests have one length, so the comparison tells nothing about the token's.
  return timingSafeEqual(digest(given), digest(token));
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && (/^(::ffff:)?127\./.test(address) || address === '::1');

function isLocalName(host: string | undefined): boolean {
  const name = (host ?? '')
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || isIP(name) !== 0;
}
