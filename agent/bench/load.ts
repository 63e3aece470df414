import { Agent, get } from 'node:http';

/** Requests that never stop: `concurrency` at any time, each followed by a pause. Loopback only. */
export interface Load {
  answered(): number;
  failed(): number;
  stop(): void;
}

const pauseAfterFailureMs = 50;

export function startLoad(url: string, concurrency: number, pauseMs = 0): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  let answered = 0;
  let failed = 0;
  let running = true;
  const next = (): void => {
    if (!running) return;
    const request = get(url, { agent }, (response) => {
      response.resume();
      response.once('end', () => {
        answered += 1;
        if (pauseMs === 0) next();
        else setTimeout(next, pauseMs).unref();
      });
    });
    request.once('error', () => {
      if (running) failed += 1;
      // A server that is going away would otherwise be asked without a pause.
      setTimeout(next, pauseAfterFailureMs).unref();
    });
  };
  for (let index = 0; index < concurrency; index += 1) next();
  return {
    answered: () => answered,
    failed: () => failed,
    stop() {
      running = false;
      agent.destroy();
    },
  };
}
