import type { Heartbeat } from '../../protocol/heartbeat.js';
import type { StackSample } from '../../protocol/stack.js';
import type { Stall } from '../../protocol/stall.js';
import type { RawSample } from './capture.js';
import type { CpuTimes } from './cpu-times.js';
import { createOperationLooks, type OperationLooks } from './operation-looks.js';

/** Everything that the watchdog asks of the world, so that tests can stand in for it. Times in ms. */
export interface WatchdogWorld {
  now(): number;
  random(): number;
  /** Runs `work` after `delayMs`; returns what cancels it. */
  schedule(delayMs: number, work: () => void): () => void;
  readCpuTimes(): CpuTimes | null;
  /** Time that this thread itself has run or waited for a CPU since its start; null where nobody tells. */
  readOwnBusyMs(): number | null;
  /** With `insist`, a stack that holds nobody's code is taken again a few times. */
  capture(insist?: boolean): Promise<RawSample | null>;
  locate(sample: RawSample): StackSample;
  blindBecause(): string | null;
  /** The synchronous call that the main thread is in just now; null for none. */
  operation(): string | null;
}

export interface WatchdogOptions {
  readonly heartbeat: Pick<Heartbeat, 'beats' | 'lastBeatMs' | 'dueMs' | 'lastGap'>;
  readonly thresholdMs: number;
  readonly world: WatchdogWorld;
  /** Called when a stall is noticed, at every new sample, and once when it has ended. */
  readonly onStall: (stall: Stall) => void;
  /** Called with every piece of blocked time as it passes. */
  readonly onBlocked: (stall: Stall, deltaMs: number) => void;
}

/** Notices that the main thread is silent and looks at its stack for as long as it stays so. */
export interface Watchdog {
  /** The stall that goes on now. */
  current(): Stall | null;
  /** The heart beats faster than it did: the next look, planned by its former pace, would come too late. */
  planAnew(): void;
  close(): void;
}

const samplesPerStall = 64;
const samplesPerMinute = 400;
const minuteMs = 60_000;
/** Close together at first, because most stalls are short; then ever wider, because long ones have time. */
const firstGapMs = 6;
const widestGapMs = 250;
const gapGrowth = 1.25;
/** A stack that was asked for during a block comes as soon as the loop turns again: so long its last report waits. */
const lastAnswerMs = 30;
/** Below this age, a stall's CPU ratio is taken from the last healthy look before it. */
const settledMs = 50;
/** Beats this far apart are those of a loop that rests; then a mark of the CPU's use may get this old. */
const restingBeatMs = 100;
const markAgeMs = 1_000;

interface Running {
  readonly id: number;
  readonly startedMs: number;
  readonly noticedMs: number;
  readonly beats: number;
  readonly before: CpuMark | null;
  readonly atNotice: CpuMark | null;
  /** The newest look during the block: the time after it is not the block's. */
  newest: CpuMark | null;
  readonly samples: StackSample[];
  readonly operations: OperationLooks;
  gapMs: number;
  askedMs: number | null;
  countedMs: number;
  endMs: number | null;
}
interface CpuMark {
  readonly atMs: number;
  readonly times: CpuTimes;
}

export function startWatchdog(options: WatchdogOptions): Watchdog {
  const { heartbeat, thresholdMs, world, onStall, onBlocked } = options;
  let stalls = 0;
  let running: Running | null = null;
  let resumedMs = world.now();
  let planned = { forMs: world.now(), ownBusyMs: world.readOwnBusyMs() };
  /** The newest looks at a healthy loop, so far apart that the oldest is never too young to say much. */
  let healthy: readonly CpuMark[] = [];
  let minute = { startedMs: world.now(), samples: 0 };
  let cancel = (): void => {};
  let closed = false;

  const mark = (): CpuMark | null => {
    const times = world.readCpuTimes();
    return times && { atMs: world.now(), times };
  };
  const plan = (delayMs: number): void => {
    planned = { forMs: world.now() + delayMs, ownBusyMs: world.readOwnBusyMs() };
    cancel = world.schedule(delayMs, look);
  };
  const dueMs = (): number => Math.max(heartbeat.dueMs(), resumedMs);

  /** Whether this thread comes later than it had planned, by more than it has run, waited for a CPU or was held back
   *  by a quota since: then the process or the machine was asleep. */
  function wasAsleep(now: number): boolean {
    const limitMs = Math.max(thresholdMs / 2, settledMs);
    const lateMs = now - planned.forMs;
    if (lateMs <= limitMs) return false;
    const ownBusyMs = world.readOwnBusyMs();
    const busyMs = ownBusyMs === null || planned.ownBusyMs === null ? 0 : ownBusyMs - planned.ownBusyMs;
    const [before, after] = [healthy.at(-1)?.times.throttledMs, mark()?.times.throttledMs];
    return lateMs - busyMs - ((after ?? 0) - (before ?? after ?? 0)) > limitMs;
  }

  function look(): void {
    if (closed) return;
    const now = world.now();
    // That is no stall. It is believed once between two beats, because where nobody tells of waits for a CPU, this
    // thread seems asleep again and again on an overloaded machine.
    if (running === null && resumedMs <= heartbeat.lastBeatMs() && wasAsleep(now)) resumedMs = now;
    if (running === null && now - dueMs() >= thresholdMs) begin(now);
    else if (running !== null && heartbeat.beats() !== running.beats) end(running);
    else if (running !== null) proceed(running, now);
    if (running === null) keepMark(now);
    planNext();
  }

  function planNext(): void {
    const delayMs =
      running === null ? dueMs() + thresholdMs - world.now() : running.gapMs * (0.5 + world.random());
    plan(Math.max(1, delayMs));
  }

  /** A resting thread uses no CPU, so its marks may be old, and the files behind them need not be read each time. */
  function keepMark(now: number): void {
    const rests = heartbeat.dueMs() - heartbeat.lastBeatMs() >= restingBeatMs;
    const newest = healthy.at(-1);
    if (newest !== undefined && now - newest.atMs < (rests ? markAgeMs : settledMs / 2)) return;
    const taken = mark();
    if (taken !== null) healthy = [...healthy, taken].slice(-3);
  }

  function begin(now: number): void {
    stalls += 1;
    const startedMs = dueMs();
    const atNotice = mark();
    running = {
      id: stalls,
      startedMs,
      noticedMs: now,
      beats: heartbeat.beats(),
      before: healthy.findLast(({ atMs }) => now - atMs >= settledMs) ?? null,
      atNotice,
      newest: atNotice,
      samples: [],
      operations: createOperationLooks(startedMs),
      gapMs: firstGapMs,
      askedMs: null,
      countedMs: 0,
      endMs: null,
    };
    running.operations.see(world.operation(), now);
    if (maySample(running, now)) sample(running, now);
    else onStall(describe(running));
  }

  function proceed(stall: Running, now: number): void {
    stall.gapMs = Math.min(widestGapMs, stall.gapMs * gapGrowth);
    stall.newest = mark();
    stall.operations.see(world.operation(), now);
    count(stall, now - stall.startedMs);
    if (stall.askedMs === null && maySample(stall, now)) sample(stall, now);
    // Silence is news as well: a call that shows no stack, or a stall that goes on.
    else onStall(describe(stall));
  }

  function end(stall: Running): void {
    running = null;
    const { endedMs } = heartbeat.lastGap();
    const endMs = endedMs > stall.startedMs ? endedMs : heartbeat.lastBeatMs();
    resumedMs = 0;
    stall.endMs = endMs;
    count(stall, endMs - stall.startedMs);
    const isAwaited = (): boolean => stall.askedMs !== null && !closed;
    // The stack of a call is seen when it returns, and then the block is over: without it, its incident says less.
    if (isAwaited()) world.schedule(lastAnswerMs, () => isAwaited() && onStall(describe(stall)));
    else onStall(describe(stall));
  }

  function count(stall: Running, blockedMs: number): void {
    const deltaMs = blockedMs - stall.countedMs;
    if (deltaMs <= 0) return;
    stall.countedMs = blockedMs;
    onBlocked(describe(stall), deltaMs);
  }

  function maySample(stall: Running, now: number): boolean {
    if (now - minute.startedMs >= minuteMs) minute = { startedMs: now, samples: 0 };
    return stall.samples.length < samplesPerStall && minute.samples < samplesPerMinute;
  }

  function sample(stall: Running, now: number): void {
    minute.samples += 1;
    stall.askedMs = now;
    const answered = (raw: RawSample | null): void => {
      stall.askedMs = null;
      // A stack taken after the block is somebody else's.
      if (raw !== null && raw.beats === stall.beats) stall.samples.push(world.locate(raw));
      if (!closed) onStall(describe(stall));
    };
    world
      .capture(true)
      .then(answered)
      .catch(() => {
        stall.askedMs = null;
        if (stall.endMs !== null && !closed) onStall(describe(stall));
      });
  }

  function describe(stall: Running): Stall {
    const now = stall.endMs ?? world.now();
    const newest = stall.endMs === null ? mark() : stall.newest;
    const marks = { before: stall.before, atNotice: stall.atNotice, now: newest };
    const blockedMs = now - stall.startedMs;
    return {
      id: stall.id,
      startedMs: stall.startedMs,
      blockedMs,
      ended: stall.endMs !== null,
      samples: [...stall.samples],
      silentMs: stall.askedMs === null ? 0 : now - stall.askedMs,
      onCpuRatio: ratioOf(marks, blockedMs, (times) => times.onCpuMs),
      runQueueRatio: ratioOf(marks, blockedMs, (times) => times.runQueueMs),
      isReady: newest?.times.isReady ?? false,
      throttledRatio: ratioOf(marks, blockedMs, (times) => times.throttledMs),
      gcRatio: null,
      ...stall.operations.read(),
      blindBecause: world.blindBecause(),
    };
  }

  look();
  return {
    current: () => running && describe(running),
    planAnew() {
      if (closed || running !== null) return;
      cancel();
      planNext();
    },
    close() {
      closed = true;
      cancel();
    },
  };
}

interface Marks {
  readonly before: CpuMark | null;
  readonly atNotice: CpuMark | null;
  readonly now: CpuMark | null;
}

/** Once a stall has gone on for a while, only the time since it was noticed counts: all of that was blocked. */
function ratioOf(marks: Marks, blockedMs: number, pick: (times: CpuTimes) => number | null): number | null {
  const { before, atNotice, now } = marks;
  if (now === null) return null;
  const isSettled = atNotice !== null && now.atMs - atNotice.atMs >= settledMs;
  const from = isSettled ? atNotice : before;
  if (from === null) return null;
  const [fromMs, toMs] = [pick(from.times), pick(now.times)];
  if (fromMs === null || toMs === null) return null;
  const passedMs = now.atMs - from.atMs;
  return share(toMs - fromMs, isSettled ? passedMs : Math.min(blockedMs, passedMs));
}

const share = (partMs: number, wholeMs: number): number =>
  wholeMs <= 0 ? 0 : Math.min(1, Math.max(0, partMs / wholeMs));
