import type { PoolKind } from '../../protocol/pool.js';

/** What a pool shows of itself at one moment. Things are connections, sockets, threads, or whatever it lends. */
export interface PoolCounts {
  /** Things that are out, those that are being opened for somebody included. */
  readonly used: number;
  readonly idle: number;
  /** Callers that wait for one. */
  readonly waiting: number;
  /** The most that there may be; null when there is no limit. */
  readonly max: number | null;
  /** Things that are being opened, part of `used`; 0 when left out. */
  readonly opening?: number;
}

/** How any pool is shown to `watchPool()`: two texts and a function that reads its counters. All the rest is optional,
 *  and makes the verdict better. Nothing that a function here throws reaches the service. */
export interface PoolAdapter {
  /** Its name in metrics and verdicts, such as `orders`. A name that is taken gets a number behind it. */
  readonly name: string;
  /** What it lends, which decides the words of a verdict. */
  readonly kind: PoolKind;
  /** Library that makes it, for the verdict; `custom` when left out. */
  readonly library?: string;
  /** Where it leads to, spelled like the target of a dependency: `host:port`, or `host:port/database`. The name when left
   *  out. */
  readonly target?: () => string;
  /** Called about once a second, and when callers are served while others wait: it must be cheap. */
  read(): PoolCounts;
  /** Whether a thing that is out works for its holder at this moment (a query runs); null when it cannot be told. */
  isBusy?(thing: object): boolean | null;
  /** Whether a thing is still out, where it may come back without `returned()`. */
  isOut?(thing: object): boolean;
  /** True once the pool has ended for good: it is let go of then. */
  hasEnded?(): boolean;
  /** Called once when the watch begins; tells the recorder what happens from then on. Returns what ends that. */
  observe?(recorder: PoolRecorder): () => void;
}

/** What is told of a pool as it happens. Each of these is optional, and none throws. */
export interface PoolRecorder {
  /** Somebody asks; to be called while the caller is on the stack. Frames above `top` are not the caller's. `frames` says how
   *  many are taken, for a library in which the caller stands deep: 16 when left out. */
  ask(top?: (...parameters: never[]) => unknown, frames?: number): PoolAsk;
  /** A thing is out from now on, and nobody knows how long its holder has waited. */
  taken(thing: object): void;
  /** A thing is back, or gone: the time that it was out is counted. */
  returned(thing: object): void;
  /** Times that the pool measures itself. Unit: s. */
  waited(seconds: number): void;
  used(seconds: number): void;
  created(seconds: number): void;
  /** A caller gave up waiting. */
  timedOut(): void;
  /** The queue has become shorter. Without it a queue is looked at once a second. */
  queueChanged(): void;
}

/** Somebody who asks a pool for a thing. Only the first answer counts. */
export interface PoolAsk {
  /** It got one; the time since it asked is counted. Without the thing, nobody can tell who holds it. */
  given(thing?: unknown): void;
  /** It got none; `timeout` when it gave up waiting. */
  failed(reason?: 'timeout'): void;
}

/** Whether a value is an adapter. Never throws. */
export function isPoolAdapter(value: unknown): value is PoolAdapter {
  try {
    const { name, kind, read } = value as Partial<Record<keyof PoolAdapter, unknown>>;
    return typeof name === 'string' && typeof read === 'function' && kinds.has(kind);
  } catch {
    return false;
  }
}

const kinds: ReadonlySet<unknown> = new Set<PoolKind>(['database', 'http', 'threads', 'other']);
