import { Worker } from 'node:worker_threads';

/** An address of this machine at which nobody answers a connection: neither accepted nor refused. */
export interface SilentHost {
  /** Its port on 127.0.0.1, once it is silent. Rejects when it could not be opened. */
  readonly port: Promise<number>;
  /** Ends it: whoever still tries to connect is refused. */
  close(): void;
}

/** What its thread is given. */
export interface SilentHostTask {
  /** One number: not 0 once it shall end. */
  readonly end: Int32Array;
  /** It ends by itself after so long. Unit: ms. */
  readonly longestMs: number;
}

/** The longest lease. Unit: ms. */
const longestMs = 900_000;

/** Opens a port whose queue of connections is full and stays so: the kernel drops each SYN, as a host does that is gone
 *  behind a router that tells nobody. */
export function openSilentHost(): SilentHost {
  const task: SilentHostTask = { end: new Int32Array(new SharedArrayBuffer(4)), longestMs };
  const thread = new Worker(new URL('./silent-host-thread.js', import.meta.url), {
    execArgv: [],
    env: {},
    workerData: task,
    name: 'faultline-silent-host',
    resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 8 },
  });
  const port = new Promise<number>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('the silent host has ended before it had a port')));
  });
  // Nobody may have asked for it by then.
  port.catch(() => {});
  thread.unref();
  return {
    port,
    close() {
      Atomics.store(task.end, 0, 1);
      Atomics.notify(task.end, 0);
    },
  };
}
