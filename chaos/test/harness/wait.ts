import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until the answer is something; fails with what was awaited after a generous time. */
export async function eventually<T>(what: string, ask: () => Promise<T | null> | T | null): Promise<T> {
  const givenUpAt = performance.now() + 15_000;
  for (;;) {
    const found = await ask();
    if (found !== null) return found;
    assert.ok(performance.now() < givenUpAt, `never happened: ${what}`);
    await sleep(20);
  }
}
