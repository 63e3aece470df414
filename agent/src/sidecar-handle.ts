import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { CreatedCause, Creations } from './protocol/creations.js';
import type { HeapRequest } from './protocol/heap-snapshot.js';
import type { FromSidecar, SidecarData, ToSidecar } from './protocol/messages.js';
import type { Reading } from './protocol/reading.js';
import type { RunHeapTask } from './sensors/heap-tasks.js';

/** After a crash the sidecar is started again, this many times at the most; then the host goes on without. */
const restartsAllowed = 3;
const restartDelayMs = 1_000;
const closeLimitMs = 2_000;
/** A scrape of the host's own registry asks for every metric by itself: one answer serves them all. */
const collectCacheMs = 100;
const stderr = 2;
const heapLimitMb = 64;
/** V8 would let the young generation of an idle thread grow to 48 MB before it looks for garbage. */
const youngGenerationMb = 4;

/** The main thread's end of the sidecar. Nothing here ever throws into the host. */
export interface SidecarHandle {
  /** Resolves when the sidecar listens, or has been given up. Whoever asks keeps the event loop alive until then:
   *  a program that awaits it and does nothing else yet would end otherwise. */
  whenReady(): Promise<void>;
  url(): string | null;
  send(message: ToSidecar): void;
  /** All readings of now; empty when the sidecar is not there. */
  collect(): Promise<readonly Reading[]>;
  close(): Promise<void>;
}

interface State {
  worker: Worker | null;
  restarts: number;
  closing: boolean;
  url: string | null;
  collectId: number;
  waiting: Map<number, (readings: readonly Reading[]) => void>;
  readonly tasks: MainThreadTasks;
}

/** What the sidecar may ask of the main thread. */
export interface MainThreadTasks {
  readonly runHeapTask: RunHeapTask;
  /** Counts everything that is allocated for some seconds, so that the maker of garbage is known. */
  readonly countAllocations: () => void;
  /** Makes V8 begin a major collection. */
  readonly askForCollection: () => void;
  /** Catches what is made in the next seconds; null when there is nothing to tell. Never rejects. */
  readonly watchCreations: (cause: CreatedCause) => Promise<Creations | null>;
}

/** Starts the thread that watches, diagnoses and answers while the main thread is blocked. */
export function startSidecar(data: SidecarData, tasks: MainThreadTasks): SidecarHandle {
  const state: State = {
    worker: null,
    restarts: 0,
    closing: false,
    url: null,
    collectId: 0,
    waiting: new Map(),
    tasks,
  };
  let settle: () => void = () => {};
  const ready = new Promise<void>((resolve) => (settle = resolve));
  launch(data, state, settle);
  return {
    whenReady() {
      state.worker?.ref();
      return ready.finally(() => state.worker?.unref());
    },
    url: () => state.url,
    send: (message) => state.worker?.postMessage(message),
    collect: createCollector(state),
    close: () => closeSidecar(state),
  };
}

function launch(data: SidecarData, state: State, settle: () => void): void {
  let worker: Worker;
  try {
    worker = spawn(data);
  } catch (error) {
    say(data, `The sidecar thread could not be started, so nothing is watched: ${describe(error)}`);
    settle();
    return;
  }
  state.worker = worker;
  worker.on('message', (message: FromSidecar) => {
    if (message.type === 'ready') {
      state.url = message.url;
      settle();
    } else if (message.type === 'closing') {
      setImmediate(() => worker.postMessage({ type: 'end' } satisfies ToSidecar));
    } else if (message.type === 'count-allocations') {
      state.tasks.countAllocations();
    } else if (message.type === 'ask-for-collection') {
      state.tasks.askForCollection();
    } else if (message.type === 'watch-creations') {
      void answerCreations(worker, state, message.cause);
    } else if (message.type === 'heap-request') {
      if (!state.closing) void answerHeapRequest(worker, state, message);
    } else {
      state.waiting.get(message.id)?.(message.readings);
    }
  });
  let cause: unknown = 'it ended by itself';
  worker.on('error', (error) => {
    cause = error;
  });
  worker.on('exit', () => {
    state.worker = null;
    state.url = null;
    for (const answer of state.waiting.values()) answer([]);
    if (state.closing) settle();
    else restart(data, state, settle, cause);
  });
  // Last: a listener for messages would hold the event loop again.
  worker.unref();
}

async function answerHeapRequest(worker: Worker, state: State, request: HeapRequest): Promise<void> {
  const result = await state.tasks.runHeapTask(request);
  const { id } = request;
  if (result !== null) worker.postMessage({ type: 'heap-answer', id, result } satisfies ToSidecar);
}

async function answerCreations(worker: Worker, { tasks }: State, cause: CreatedCause): Promise<void> {
  const creations = await tasks.watchCreations(cause);
  if (creations !== null) worker.postMessage({ type: 'creations', creations } satisfies ToSidecar);
}

function restart(data: SidecarData, state: State, settle: () => void, cause: unknown): void {
  state.restarts += 1;
  const goesOn = state.restarts <= restartsAllowed;
  const outcome = goesOn ? 'it is started again' : 'it is given up';
  say(data, `The sidecar thread ended (${describe(cause)}); ${outcome}.`);
  if (!goesOn) {
    settle();
    return;
  }
  const delayMs = restartDelayMs * 2 ** (state.restarts - 1);
  setTimeout(() => !state.closing && launch(data, state, settle), delayMs).unref();
}

function spawn(data: SidecarData): Worker {
  return new Worker(new URL('./sidecar/entry.js', import.meta.url), {
    name: 'faultline',
    workerData: data,
    // Flags and NODE_OPTIONS of the host would load its hooks, and this agent, into the sidecar as well.
    execArgv: [],
    env: {},
    // Otherwise Node would make process.stdout and process.stderr to show there what the thread prints, which changes
    // how writes of the service to the same pipes behave: they would throw EAGAIN where they have waited. The thread
    // prints nothing; whoever read these streams would keep the service alive.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMb, maxYoungGenerationSizeMb: youngGenerationMb },
  });
}

function createCollector(state: State): () => Promise<readonly Reading[]> {
  let cached: { at: number; readings: Promise<readonly Reading[]> } | null = null;
  const ask = (): Promise<readonly Reading[]> => {
    const { worker } = state;
    if (worker === null) return Promise.resolve([]);
    const id = ++state.collectId;
    return new Promise((resolve) => {
      state.waiting.set(id, (readings) => {
        state.waiting.delete(id);
        resolve(readings);
      });
      worker.postMessage({ type: 'collect', id } satisfies ToSidecar);
    });
  };
  return () => {
    const now = performance.now();
    if (cached === null || now - cached.at > collectCacheMs) cached = { at: now, readings: ask() };
    return cached.readings;
  };
}

async function closeSidecar(state: State): Promise<void> {
  state.closing = true;
  const { worker } = state;
  if (worker === null) return;
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  worker.ref();
  worker.postMessage({ type: 'close' } satisfies ToSidecar);
  const limit = setTimeout(() => void worker.terminate(), closeLimitMs);
  await ended;
  clearTimeout(limit);
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The sidecar logs for the agent; when it cannot, one JSON line in the same shape goes to stderr. */
function say({ config, thread }: SidecarData, message: string): void {
  if (config.logLevel === 'silent') return;
  const of = { service: config.service, ...(thread.id !== 0 && { threadId: thread.id }) };
  const line = { level: 40, time: Date.now(), name: 'faultline', ...of, msg: message };
  try {
    // Not through process.stderr: when nobody reads it any more, that would end the service later on.
    writeSync(stderr, `${JSON.stringify(line)}\n`);
  } catch {
    // Nobody can be told.
  }
}
