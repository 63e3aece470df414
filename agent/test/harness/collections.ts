import { PerformanceObserver } from 'node:perf_hooks';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

/** Kinds of the collections in this process from now on, as perf_hooks numbers them; what came before is told by then. */
export async function watchCollections(t: TestContext): Promise<readonly number[]> {
  const kinds: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      kinds.push((entry as unknown as { detail: { kind: number } }).detail.kind);
  });
  observer.observe({ entryTypes: ['gc'] });
  t.after(() => observer.disconnect());
  await delay(100);
  kinds.length = 0;
  return kinds;
}
