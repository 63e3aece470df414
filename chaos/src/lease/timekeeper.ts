import { Worker } from 'node:worker_threads';
import { ChaosError } from '../errors.js';
import {
  createTimekeeperMemory,
  expiredCell,
  freeCell,
  monotonicMs,
  type TimekeeperMemory,
} from './timekeeper-memory.js';

/** Keeps deadlines on a thread of its own, so that they hold while the main thread is blocked. */
export interface Timekeeper {
  /** Starts the thread when it does not run yet; resolves when it keeps time.
   *  @throws ChaosError `timekeeper-lost` when it cannot be started. */
  ready(): Promise<void>;
  /** Sets or moves the deadline of a slot. False when the slot had already expired: too late to renew. */
  keep(slot: number, ttlMs: number): boolean;
  /** True once the slot's time is over, also while the main thread is blocked. */
  expired(slot: number): boolean;
  /** Forgets the slot's deadline. */
  release(slot: number): void;
  close(): Promise<void>;
}

interface Listeners {
  /** Called on the main thread as soon as it can run. */
  onExpired(slot: number): void;
  /** Called when the thread has ended without being asked to: from then on nobody keeps the deadlines. */
  onLost(cause: Error): void;
}

const threadUrl = new URL('./timekeeper-thread.js', import.meta.url);

/** Creates a timekeeper for a fixed number of slots. No thread runs until the first `ready()`. */
export function createTimekeeper(slots: number, listeners: Listeners): Timekeeper {
  const memory = createTimekeeperMemory(slots);
  const { deadlines, wake } = memory;
  let running: RunningThread | null = null;

  const notify = () => {
    Atomics.add(wake, 0, 1);
    Atomics.notify(wake, 0);
  };
  return {
    ready() {
      running ??= startThread(memory, {
        onExpired: listeners.onExpired,
        onLost(cause) {
          running = null;
          listeners.onLost(cause);
        },
      });
      return running.ready;
    },
    keep(slot, ttlMs) {
      const now = Atomics.load(deadlines, slot);
      if (now === expiredCell) return false;
      const deadline = monotonicMs() + BigInt(Math.ceil(ttlMs));
      if (Atomics.compareExchange(deadlines, slot, now, deadline) !== now) return false;
      notify();
      return true;
    },
    expired: (slot) => Atomics.load(deadlines, slot) === expiredCell,
    release(slot) {
      Atomics.store(deadlines, slot, freeCell);
      notify();
    },
    async close() {
      await running?.end();
      running = null;
    },
  };
}

interface RunningThread {
  readonly ready: Promise<void>;
  /** Ends it on purpose: nobody is told that it is lost. */
  end(): Promise<unknown>;
}

function startThread(memory: TimekeeperMemory, { onExpired, onLost }: Listeners): RunningThread {
  // Neither the host's flags nor its NODE_OPTIONS: an agent loaded by --import has no business in this thread.
  const thread = new Worker(threadUrl, {
    execArgv: [],
    env: {},
    workerData: memory,
    name: 'faultline-timekeeper',
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
  });
  thread.unref();
  let isOver = false;
  const ready = new Promise<void>((resolve, reject) => {
    const lost = (cause: Error) => {
      reject(new ChaosError('timekeeper-lost', `The thread that keeps leases ended: ${cause.message}`));
      if (isOver) return;
      isOver = true;
      onLost(cause);
    };
    thread.on('message', (message: { ready?: true; expired?: number }) => {
      if (message.ready) resolve();
      // The slot may have been released, and even taken again, while the message was under way.
      else if (message.expired !== undefined && memory.deadlines[message.expired] === expiredCell) {
        onExpired(message.expired);
      }
    });
    thread.on('error', (cause) => lost(cause instanceof Error ? cause : new Error(String(cause))));
    thread.on('exit', (code) => lost(new Error(`exit code ${code}`)));
  });
  ready.catch(() => {});
  return {
    ready,
    end() {
      isOver = true;
      return thread.terminate();
    },
  };
}
