import { maxTtlMs } from '../lease/lease.js';
import { badRequest, ProxyError } from './errors.js';
import {
  type Fields,
  readFields,
  readFlag,
  readName,
  readNumber,
  readText,
  refuseUnknown,
} from './fields.js';
import type { Toxic, ToxicFields } from './toxic.js';
import { toxicTypes } from './toxics/index.js';
import type { ToxicType } from './toxics/toxic-type.js';

const share = { min: 0, max: 1, isWhole: false };
const count = { min: 1, max: 1_000_000_000, isWhole: true };
const ttl = { min: 1, max: maxTtlMs, isWhole: true };

/** Reads a new toxic.
 *  @throws ProxyError 400 for what it cannot be. */
export function readToxic(body: unknown): ToxicFields {
  const fields = readFields(body, 'a toxic');
  const type = readType(fields);
  const stream = readText(fields, 'stream', '').toLowerCase() || 'downstream';
  if (stream !== 'upstream' && stream !== 'downstream') {
    throw new ProxyError(400, 'stream was invalid, can be either upstream or downstream');
  }
  const fallback = { toxicity: 1, perRequest: false, firstConnections: null, ttlMs: null };
  const isNamed = fields.name !== undefined && fields.name !== null && fields.name !== '';
  return {
    name: isNamed ? readName(fields) : `${type.type}_${stream}`,
    type,
    stream,
    attributes: readAttributes(type, fields, {}),
    ...readShared(fields, fallback),
  };
}

/** Reads what is to be changed of a toxic; what is not given stays.
 *  @throws ProxyError 400 for what cannot be changed. */
export function readToxicChange(body: unknown, current: ToxicFields): ToxicFields {
  const fields = readFields(body, 'a toxic');
  const fixed = { name: current.name, type: current.type.type, stream: current.stream };
  for (const [key, value] of Object.entries(fixed)) {
    if ((fields[key] || value) !== value) {
      throw badRequest(`${key} of a toxic cannot be changed; delete it and add another`);
    }
  }
  return {
    ...current,
    attributes: readAttributes(current.type, fields, current.attributes),
    ...readShared(fields, current),
  };
}

/** A toxic as the API shows it. What Toxiproxy does not know stands under `faultline`. */
export function describeToxic(toxic: Toxic): Fields {
  const { fields, hits, firstHitAt, lastHitAt, expiresAt } = toxic;
  const { name, type, stream, toxicity, attributes, perRequest, firstConnections, ttlMs } = fields;
  const faultline = { perRequest, firstConnections, ttlMs, expiresAt, hits, firstHitAt, lastHitAt };
  return { attributes, name, type: type.type, stream, toxicity, faultline };
}

function readType(fields: Fields): ToxicType {
  const type = toxicTypes.get(readText(fields, 'type', ''));
  if (type) return type;
  const known = [...toxicTypes.keys()].join(', ');
  throw new ProxyError(400, `invalid toxic type: ${JSON.stringify(fields.type ?? '')}; there are ${known}`);
}

function readAttributes(
  { type, attributes }: ToxicType,
  fields: Fields,
  current: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const given = readFields(fields.attributes ?? {}, 'attributes');
  refuseUnknown(given, Object.keys(attributes), type);
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { fallback, min, max }]) => {
      const value = given[name] ?? current[name] ?? fallback;
      return [name, readNumber(value, `${name} of ${type}`, { min, max, isWhole: true })];
    }),
  );
}

type Shared = Pick<ToxicFields, 'toxicity' | 'perRequest' | 'firstConnections' | 'ttlMs'>;

function readShared(fields: Fields, current: Shared): Shared {
  const own = readFields(fields.faultline ?? {}, 'faultline');
  const shown = ['expiresAt', 'hits', 'firstHitAt', 'lastHitAt'];
  refuseUnknown(own, ['perRequest', 'firstConnections', 'ttlMs', ...shown], 'faultline of a toxic');
  // Null takes a limit away, and a field that is not there leaves it as it is.
  const limit = (key: 'firstConnections' | 'ttlMs', range: typeof count) => {
    const value = own[key] === undefined ? current[key] : own[key];
    return value === null ? null : readNumber(value, `faultline.${key}`, range);
  };
  return {
    toxicity: readNumber(fields.toxicity ?? current.toxicity, 'toxicity', share),
    perRequest: readFlag(own, 'perRequest', current.perRequest),
    firstConnections: limit('firstConnections', count),
    ttlMs: limit('ttlMs', ttl),
  };
}
