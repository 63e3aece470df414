import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import zlib from 'node:zlib';
import type { Callable } from '../markers.js';

/** Functions that work in the pool and call back, of which no version of Node lists those that are pending. Those that
 *  the breadcrumbs wrap (`randomBytes`, `sign`, `verify`) are left to them. Methods that a version does not have are
 *  skipped. */
const methods: readonly (readonly [string, object, string])[] = [
  [
    'crypto',
    crypto,
    'argon2 checkPrime generateKey generateKeyPair generatePrime hkdf pbkdf2 randomFill scrypt',
  ],
  [
    'zlib',
    zlib,
    `brotliCompress brotliDecompress deflate deflateRaw gunzip gzip inflate inflateRaw unzip zstdCompress
      zstdDecompress`,
  ],
];

/** Counts calls into the pool while they last. */
export interface PoolCalls {
  /** Calls that have not called back yet, by function; those of which there are none are left out. */
  pending(): Readonly<Record<string, number>>;
  /** Gives back every function that is still the one put there. Calls under way end as they would. */
  close(): void;
}

/** Wraps the functions so that each call is counted from its start to its callback. Results, errors, names and lengths
 *  stay as they are; what a host has frozen, or fetched before, is not counted. */
export function countPoolCalls(): PoolCalls {
  const counts = new Map<string, number>();
  const restores = methods.flatMap(([module, place, names]) =>
    names.split(/\s+/).map((method) => wrap(place, method, `${module}.${method}`, counts)),
  );
  syncBuiltinESMExports();
  return {
    pending: () => Object.fromEntries([...counts].filter(([, count]) => count > 0)),
    close() {
      for (const restore of restores) restore();
      syncBuiltinESMExports();
    },
  };
}

/** Returns what puts the original back. */
function wrap(place: object, method: string, name: string, counts: Map<string, number>): () => void {
  const original = Object.getOwnPropertyDescriptor(place, method);
  if (typeof original?.value !== 'function' || !original.configurable) return () => {};
  const wrapper = counted(original.value as Callable, name, counts);
  // Names, lengths, and what util.promisify() reads.
  Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(original.value));
  if (!Reflect.defineProperty(place, method, { ...original, value: wrapper })) return () => {};
  return () => {
    const now = Object.getOwnPropertyDescriptor(place, method);
    if (now?.value === wrapper) Object.defineProperty(place, method, original);
  };
}

function counted(original: Callable, name: string, counts: Map<string, number>): Callable {
  const add = (change: number): void => void counts.set(name, (counts.get(name) ?? 0) + change);
  return function (this: unknown, ...input: unknown[]): unknown {
    const last = input.length - 1;
    const callback = input[last];
    if (typeof callback !== 'function') return Reflect.apply(original, this, input);
    input[last] = function (this: unknown, ...output: unknown[]): unknown {
      add(-1);
      return Reflect.apply(callback, this, output);
    };
    add(1);
    try {
      return Reflect.apply(original, this, input);
    } catch (error) {
      add(-1);
      throw error;
    }
  };
}
