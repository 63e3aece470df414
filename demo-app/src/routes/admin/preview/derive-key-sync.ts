import { pbkdf2Sync } from 'node:crypto';
import type { OnHarm } from '../../../twin-switch.js';
import { type DeriveKey, keyBytes } from './derive-key.js';

/** What the synchronous twin is made with. */
export interface SyncKeyOptions {
  /** Rounds of the derivation; a million are about 200 ms. */
  readonly iterations: number;
  /** Whether the twin should be gone by now. */
  readonly expired: () => boolean;
  /** Called just before the main thread is blocked. */
  readonly onBlock: OnHarm;
}

/** Someone raised the iterations, as one should, and nobody saw that the call is the synchronous one. The good twin
 *  is derive-key.ts. */
export function createSyncDeriveKey({ iterations, expired, onBlock }: SyncKeyOptions): DeriveKey {
  return async function deriveKeySync(password, salt) {
    if (!expired()) onBlock();
    const rounds = expired() ? 1 : iterations;
    return { iterations: rounds, key: pbkdf2Sync(password, salt, rounds, keyBytes, 'sha256') };
  };
}
