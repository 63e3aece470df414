import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { FaultSignal, RunningFault } from '../fault.js';

/** What a network fault asks of the proxy. */
export interface NetworkToxic {
  readonly type: string;
  readonly stream: 'upstream' | 'downstream';
  readonly attributes: Readonly<Record<string, number>>;
  /** Share of the connections that it concerns; all of them when it is not given. */
  readonly toxicity?: number;
}

/** The network between a service and one of its dependencies, so that it can be made bad. */
export interface NetworkDoor {
  /** Puts a toxic between the two. It goes when the fault is stopped, and within ten seconds by itself when nobody
   *  is left to stop it.
   *  @throws Error that says what to do when there is no proxy between them. */
  useToxic(toxic: NetworkToxic): RunningFault;
}

/** Where the proxy is. */
export interface NetworkDoorOptions {
  /** Address of the proxy's API, such as `http://127.0.0.1:8474`; null when there is no proxy. */
  readonly apiUrl: string | null;
  /** Name of the proxy in it. */
  readonly proxy: string;
  /** What to do when there is no proxy: the end of the sentence that begins "…; ". */
  readonly hint: string;
}

/** What the thread that keeps a toxic is given. */
export interface KeeperTask {
  /** Where the proxy's toxics are. */
  readonly toxicsUrl: string;
  /** Body of the toxic, with its name. */
  readonly toxic: NetworkToxic & { readonly name: string };
}

const threadUrl = new URL('./keeper-thread.js', import.meta.url);

/** Makes the door to a proxy, which may belong to another process. */
export function createNetworkDoor({ apiUrl, proxy, hint }: NetworkDoorOptions): NetworkDoor {
  return {
    useToxic(toxic) {
      if (apiUrl === null) throw new Error(`there is no proxy in front of ${proxy}; ${hint}`);
      const toxicsUrl = `${apiUrl.replace(/\/+$/, '')}/proxies/${encodeURIComponent(proxy)}/toxics`;
      return keep({ toxicsUrl, toxic: { ...toxic, name: `fault-${randomUUID()}` } });
    },
  };
}

function keep(task: KeeperTask): RunningFault {
  let signal: FaultSignal = { hits: 0, firstHitAt: null, lastHitAt: null };
  // A thread without the host's flags and NODE_OPTIONS: its calls must not show as the service's own, and a blocked
  // main thread must not let the toxic run out.
  const thread = new Worker(threadUrl, {
    execArgv: [],
    env: {},
    workerData: task,
    name: 'faultline-toxic-keeper',
    resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 8 },
  });
  thread.unref();
  thread.on('message', (message: FaultSignal) => {
    signal = message;
  });
  // Without the thread the toxic ends by itself, and the signal stands still.
  thread.on('error', () => {});
  return {
    signal: () => signal,
    stop() {
      thread.postMessage('stop');
    },
  };
}
