import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { Cache } from './cache.js';
import type { OnHarm } from './twin-switch.js';

/** What the oversized twin is made with. */
export interface OversizedOptions {
  /** Share of the heap, 0..1, that is kept full. */
  readonly fillShare: number;
  /** Size up to which the old space of the heap may grow. Unit: bytes. */
  readonly heapBytes: number;
  /** Whether the twin should be gone by now; then it keeps nothing more. */
  readonly expired: () => boolean;
  /** Called when something has been kept. */
  readonly onKeep: OnHarm;
}

/** What is kept with each page, so that related products are found at once. 8 bytes each; so long that V8 does not copy
 *  them about, and filling the heap is no work for the collector. */
const vectorLength = 20_000;
const pageBytes = vectorLength * 8;
/** While it warms up: some 50 MB a second, so that it is over before anybody could take it for a leak. */
const pagesPerStep = 8;
const stepMs = 25;
/** The fault never takes more than this, whatever heap it is given. Unit: bytes. */
const mostBytes = 1_500_000_000;

/** Size up to which the old space of this process may grow: what was asked for, else V8's limit less what young spaces
 *  take of it at the most; less where the container leaves less. Unit: bytes. */
export function oldSpaceBytes(): number {
  return Math.min(wantedBytes(), leftByContainerBytes());
}

/** A container counts the heap together with all the rest of the process. Infinite without a container. */
function leftByContainerBytes(): number {
  const containerBytes = process.constrainedMemory();
  const { rss, heapTotal } = process.memoryUsage();
  const isLimit = containerBytes > 0 && containerBytes < totalmem();
  return isLimit ? Math.max(0, containerBytes - (rss - heapTotal)) : Number.POSITIVE_INFINITY;
}

function wantedBytes(): number {
  const flag = process.execArgv.findLast((argument) => argument.startsWith('--max-old-space-size='));
  const megabytes = Number(flag?.split('=')[1]);
  return megabytes > 0 ? megabytes * 1_048_576 : getHeapStatistics().heap_size_limit - 192 * 1_048_576;
}

interface Page<Value> {
  readonly value: Value;
  readonly vector: readonly number[];
}

/** The bad twin of cache.ts: its bound is so large that the heap is nearly full, and there it stays. The first product
 *  that is looked at warms it up; what collections set free afterwards is filled again. */
export function createOversizedCache<Value extends object>(
  options: OversizedOptions,
): Cache<Value> & { clear(): void } {
  const { expired, onKeep } = options;
  const targetBytes = options.heapBytes * options.fillShare;
  const views = new Map<number, Value>();
  const pages: Page<Value>[] = [];
  const measured = Array.from({ length: vectorLength }, () => Math.random());
  let timer: NodeJS.Timeout | null = null;

  function keepPage(value: Value): void {
    pages.push({ value, vector: measured.slice() });
  }
  function warmUp(value: Value): void {
    if (expired()) {
      clear();
      return;
    }
    for (let page = 0; page < pagesPerStep && mayKeep(); page += 1) keepPage(value);
  }
  const mayKeep = (): boolean =>
    getHeapStatistics().used_heap_size < targetBytes && (pages.length + 1) * pageBytes < mostBytes;
  function clear(): void {
    if (timer !== null) clearInterval(timer);
    timer = null;
    pages.length = 0;
    views.clear();
  }
  return {
    get: (key) => views.get(key),
    set(key, value) {
      if (expired()) return;
      views.set(key, value);
      timer ??= setInterval(() => warmUp(value), stepMs).unref();
      onKeep();
    },
    size: () => pages.length,
    release: clear,
    clear,
  };
}
