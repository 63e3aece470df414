import { AsyncLocalStorage } from 'node:async_hooks';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(import.meta.url);
const longestBlockMs = 12;

/** Handlers that lean on AsyncLocalStorage and look after each step whether it still holds their own value. */
export interface CheckedHandlers {
  handle(id: string): Promise<string>;
  /** Value of the request that runs now, from AsyncLocalStorage; null outside of one. */
  current(): string | null;
  /** What a handler wrote down, by plain assignment, while it computes; null between. */
  claimed(): string | null;
  readonly counts: { checks: number; mismatches: number; requests: number };
}

export function createHandlers(): CheckedHandlers {
  const storage = new AsyncLocalStorage<string>();
  const counts = { checks: 0, mismatches: 0, requests: 0 };
  let claim: string | null = null;

  const check = (id: string): void => {
    counts.checks += 1;
    if (storage.getStore() !== id) counts.mismatches += 1;
  };
  const block = (id: string): number => {
    const endMs = performance.now() + 1 + (counts.requests % longestBlockMs);
    let sum = 0;
    claim = id;
    while (performance.now() < endMs) {
      for (let index = 0; index < 500; index += 1) sum = (sum * 31 + index) % 65_521;
      check(id);
    }
    claim = null;
    return sum;
  };
  const work = async (id: string): Promise<string> => {
    check(id);
    await sleep(1);
    check(id);
    const sum = block(id);
    await Promise.all([turn(), readFile(file), Promise.resolve()]);
    check(id);
    const again = [1, 2].map((each) => storage.run(`${id}/${each}`, () => block(`${id}/${each}`)));
    check(id);
    process.nextTick(check.bind(null, id));
    await null;
    check(id);
    return String(sum + again.length);
  };
  return {
    handle(id) {
      counts.requests += 1;
      return storage.run(id, work, id);
    },
    current: () => storage.getStore() ?? null,
    claimed: () => claim,
    counts,
  };
}
