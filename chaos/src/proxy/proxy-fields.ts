import { formatAddress, parseAddress, requireAllowed } from './address.js';
import { badRequest, missingField } from './errors.js';
import {
  type Fields,
  readFields,
  readFlag,
  readName,
  readNumber,
  readText,
  refuseUnknown,
} from './fields.js';
import type { ProxyFields, TcpProxy } from './proxy.js';
import { describeToxic } from './toxic-fields.js';

/** Largest seed. */
export const seedMax = 4_294_967_295;

/** What is asked of a proxy. */
export interface WantedProxy extends ProxyFields {
  readonly isEnabled: boolean;
}

/** What may be asked of a proxy. */
export interface ProxyRules {
  /** Hosts beside loopback that may be listened on or connected to. */
  readonly allowedHosts: readonly string[];
  /** Seed of a proxy that gives none. */
  readonly seed: number;
}

/** Reads a new proxy. `place` stands behind the name of a missing field, such as ` at proxy 2`.
 *  @throws ProxyError 400, or 403 for a host that is not allowed. */
export function readProxy(body: unknown, rules: ProxyRules, place = ''): WantedProxy {
  const fields = readFields(body, `a proxy${place}`);
  const name = readName(fields, `name${place}`);
  if (!fields.upstream) throw missingField(`upstream${place}`);
  const current = { name, listen: '127.0.0.1:0', upstream: '', isEnabled: true, seed: rules.seed };
  return read(fields, current, rules);
}

/** Reads what is to be changed of a proxy; what is not given stays.
 *  @throws ProxyError 400, or 403 for a host that is not allowed. */
export function readProxyChange(
  body: unknown,
  { fields, isEnabled }: TcpProxy,
  rules: ProxyRules,
): WantedProxy {
  const given = readFields(body, 'a proxy');
  if ((given.name || fields.name) !== fields.name) {
    throw badRequest('name of a proxy cannot be changed; delete it and create another');
  }
  const listen = formatAddress(fields.listen);
  return read(given, { ...fields, listen, upstream: formatAddress(fields.upstream), isEnabled }, rules);
}

/** A proxy as the API shows it. What Toxiproxy does not know stands under `faultline`. */
export function describeProxy(proxy: TcpProxy): Fields {
  const { name, listen, upstream, seed } = proxy.fields;
  return {
    name,
    listen: formatAddress(listen),
    upstream: formatAddress(upstream),
    enabled: proxy.isEnabled,
    toxics: proxy.toxics.map(describeToxic),
    faultline: { seed, accepted: proxy.accepted, connections: proxy.connections },
  };
}

interface Current {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly isEnabled: boolean;
  readonly seed: number;
}

function read(fields: Fields, current: Current, { allowedHosts }: ProxyRules): WantedProxy {
  const listen = parseAddress(readText(fields, 'listen', '') || current.listen, 'listen');
  requireAllowed(listen, allowedHosts, 'listen');
  const upstream = parseAddress(readText(fields, 'upstream', '') || current.upstream, 'upstream');
  if (upstream.port === 0) throw badRequest('upstream must have a port from 1 to 65535, got 0');
  requireAllowed(upstream, allowedHosts, 'upstream');
  const own = readFields(fields.faultline ?? {}, 'faultline');
  refuseUnknown(own, ['seed', 'accepted', 'connections'], 'faultline of a proxy');
  return {
    name: current.name,
    listen,
    upstream,
    isEnabled: readFlag(fields, 'enabled', current.isEnabled),
    seed: readNumber(own.seed ?? current.seed, 'faultline.seed', { min: 0, max: seedMax, isWhole: true }),
  };
}
