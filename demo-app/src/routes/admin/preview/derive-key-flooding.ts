import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import type { OnHarm } from '../../../twin-switch.js';
import { type DeriveKey, keyBytes } from './derive-key.js';

/** What the flooding twin is made with. */
export interface FloodingKeyOptions {
  /** Keys that a link gets: one for each language and currency of the shop. */
  readonly keys: number;
  /** Rounds of each derivation; a million are about 200 ms. */
  readonly iterations: number;
  /** Whether the twin should be gone by now. */
  readonly expired: () => boolean;
  /** Called when the pool has been given more than it has threads. */
  readonly onFlood: OnHarm;
}

const derive = promisify(pbkdf2);

/** Derives the keys of all pages of the shop at once, as Promise.all() invites one to: nothing blocks, and whoever
 *  needs a file or a host name waits behind them. The good twin is derive-key.ts. */
export function createFloodingDeriveKey(options: FloodingKeyOptions): DeriveKey {
  const { keys, iterations, expired, onFlood } = options;
  let pending = 0;
  const deriveOne = async (password: string, salt: Buffer): Promise<Buffer> => {
    pending += 1;
    try {
      return await derive(password, salt, iterations, keyBytes, 'sha256');
    } finally {
      pending -= 1;
    }
  };
  return async function deriveKeys(password, salt) {
    const rounds = expired() ? 1 : iterations;
    if (expired())
      return { iterations: rounds, key: await derive(password, salt, rounds, keyBytes, 'sha256') };
    // Never more than one link's keys wait besides those that the requests themselves need: the pool is full, and
    // is empty again soon after the fault has ended.
    const others = Array.from({ length: Math.max(0, keys - pending - 1) }, () => deriveOne(password, salt));
    onFlood();
    const key = await deriveOne(password, salt);
    await Promise.all(others);
    return { iterations: rounds, key };
  };
}
