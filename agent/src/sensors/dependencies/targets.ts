import { metricCatalog } from '../../catalog/metrics.js';
import { monotonicMs } from '../../protocol/clock.js';
import { type DependencyError, type DependencyReading, dependencyErrors } from '../../protocol/dependency.js';
import { createHistogram, type Histogram } from '../../protocol/histogram.js';
import { createSocketTally, type SocketTally } from './socket-tally.js';

/** More targets than this are counted together: a crawler must not fill our memory. */
const targetsKept = 20;
/** Spellings of targets that are remembered, so that each is taken apart once only. */
const spellingsKept = 1_000;
const otherTarget = 'other';

/** Source of the time and of how late the own event loop has been so far; see EventLoopDelaySensor. Unit: ms. */
export interface DelayClock {
  lateMs(nowMs: number): number;
}

/** One call to a dependency. Only the first end counts: clients may tell of one more than once. */
export interface Call {
  /** The request has a socket. */
  sent(): void;
  /** For so long that socket had been idle; null for one that was opened for the call. Unit: ms. */
  socketWasIdle(ms: number | null): void;
  /** For so long its name was looked up. Unit: ms. */
  lookedUp(ms: number): void;
  answered(status: number): void;
  /** Null when nobody is to blame. */
  failed(error: DependencyError | null): void;
  /** Time since the start, the own loop's delay included. Unit: ms. */
  passedMs(): number;
}

/** All targets of this process, each under one name. */
export interface Targets {
  /** `spelling` is how a client writes the target; `nameOf` makes the name of it, once. */
  begin(spelling: string, nameOf: (spelling: string) => string): Call;
  read(): DependencyReading[];
}

class Target {
  readonly answered: Histogram = createHistogram(metricCatalog.dependencyDuration.buckets ?? []);
  readonly errors = Object.fromEntries(dependencyErrors.map((error) => [error, 0])) as Record<
    DependencyError,
    number
  >;
  begun = 0;
  inFlight = 0;
  waitedMs = 0;
  lookupMs = 0;
  ownDelayMs = 0;
  /** Null until a call has told of its socket. */
  sockets: SocketTally | null = null;
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }

  read(): DependencyReading {
    return {
      target: this.name,
      begun: this.begun,
      inFlight: this.inFlight,
      answered: this.answered.read(),
      waitedSeconds: this.waitedMs / 1_000,
      lookupSeconds: this.lookupMs / 1_000,
      ownDelaySeconds: this.ownDelayMs / 1_000,
      errors: { ...this.errors },
      ...(this.sockets !== null && { sockets: this.sockets.read() }),
    };
  }
}

class TargetCall implements Call {
  readonly #target: Target;
  readonly #clock: DelayClock;
  readonly #startedMs = monotonicMs();
  readonly #lateMs: number;
  #waitedMs = 0;
  #lookupMs = 0;
  /** Undefined while nobody has told. */
  #idleMs: number | null | undefined;
  #isOpen = true;

  constructor(target: Target, clock: DelayClock) {
    this.#target = target;
    this.#clock = clock;
    this.#lateMs = clock.lateMs(this.#startedMs);
    target.begun += 1;
    target.inFlight += 1;
  }

  sent(): void {
    this.#waitedMs = this.#ownTime(monotonicMs()).neededMs;
  }

  socketWasIdle(ms: number | null): void {
    this.#idleMs = ms;
  }

  lookedUp(ms: number): void {
    this.#lookupMs = ms;
  }

  answered(status: number): void {
    if (!this.#close()) return;
    const { neededMs, ownDelayMs } = this.#ownTime(monotonicMs());
    this.#target.answered.record(neededMs / 1_000);
    this.#target.ownDelayMs += ownDelayMs;
    const waitedMs = Math.min(this.#waitedMs, neededMs);
    this.#target.waitedMs += waitedMs;
    this.#target.lookupMs += Math.min(this.#lookupMs, neededMs - waitedMs);
    if (status >= 500) this.#target.errors['5xx'] += 1;
    if (this.#idleMs !== undefined) this.#socketTally().answered(this.#idleMs);
  }

  failed(error: DependencyError | null): void {
    if (!this.#close() || error === null) return;
    this.#target.errors[error] += 1;
    if (error === 'reset' && this.#idleMs !== undefined) this.#socketTally().reset(this.#idleMs);
  }

  passedMs(): number {
    return monotonicMs() - this.#startedMs;
  }

  #socketTally(): SocketTally {
    this.#target.sockets ??= createSocketTally();
    return this.#target.sockets;
  }

  #close(): boolean {
    if (!this.#isOpen) return false;
    this.#isOpen = false;
    this.#target.inFlight -= 1;
    return true;
  }

  /** The time since the start, split: a loop that is late reads late answers, whoever sent them. */
  #ownTime(nowMs: number): { neededMs: number; ownDelayMs: number } {
    const passedMs = nowMs - this.#startedMs;
    const ownDelayMs = Math.min(passedMs, Math.max(0, this.#clock.lateMs(nowMs) - this.#lateMs));
    return { neededMs: passedMs - ownDelayMs, ownDelayMs };
  }
}

/** The first targets keep their names for good; those beyond the bound are counted as `other`. */
export function createTargets(clock: DelayClock): Targets {
  const bySpelling = new Map<string, Target>();
  const byName = new Map<string, Target>();

  const find = (name: string): Target => {
    const known = byName.get(name);
    if (known !== undefined) return known;
    const kept = byName.size < targetsKept ? name : otherTarget;
    const target = byName.get(kept) ?? new Target(kept);
    byName.set(kept, target);
    return target;
  };
  const learn = (spelling: string, nameOf: (spelling: string) => string): Target => {
    const target = find(bySpelling.size < spellingsKept ? nameOf(spelling) : otherTarget);
    if (bySpelling.size < spellingsKept) bySpelling.set(spelling, target);
    return target;
  };

  return {
    begin: (spelling, nameOf) => new TargetCall(bySpelling.get(spelling) ?? learn(spelling, nameOf), clock),
    read: () => [...byName.values()].map((target) => target.read()),
  };
}

/** `host:port` of an origin such as `https://example.org`; nothing else of it, whatever it holds. */
export function nameOfOrigin(origin: string): string {
  if (!URL.canParse(origin)) return otherTarget;
  const { hostname, port, protocol } = new URL(origin);
  if (hostname === '') return otherTarget;
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}
