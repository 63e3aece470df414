import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { Problem } from '../../../problem.js';

/** A key that takes long to guess the password from. */
export interface DerivedKey {
  readonly iterations: number;
  readonly key: Buffer;
}

/** Makes the key of a password. */
export type DeriveKey = (password: string, salt: Buffer) => Promise<DerivedKey>;

/** Unit: bytes. */
export const keyBytes = 32;
/** About 20 ms of one CPU. */
const usualIterations = 100_000;
/** One thread of the pool: files and host names always find another, or wait for 20 ms. */
const atOnceMost = 1;
/** With 20 ms for each, the last of them waits for a second. */
const waitingMost = 50;
const derive = promisify(pbkdf2);

/** Works in libuv's thread pool, so that the main thread goes on, and leaves the rest of it to others. Throws a Problem
 *  (503) when too many wait. The bad twins are derive-key-sync.ts and derive-key-flooding.ts. */
export function createBoundedDeriveKey(iterations = usualIterations): DeriveKey {
  const waiting: (() => void)[] = [];
  let running = 0;
  const enter = async (): Promise<void> => {
    if (running < atOnceMost) {
      running += 1;
      return;
    }
    if (waiting.length >= waitingMost) {
      throw new Problem(503, 'too-many-preview-links', `${waitingMost} preview links are in the making.`);
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
  };
  /** Whoever waits takes the place over, so that nobody else can slip in between. */
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  return async function deriveKey(password, salt) {
    await enter();
    try {
      return { iterations, key: await derive(password, salt, iterations, keyBytes, 'sha256') };
    } finally {
      leave();
    }
  };
}
