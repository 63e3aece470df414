import { Agent, get } from 'node:http';

const hotProducts = 500;

/** Requests that never stop: `concurrency` of them at any time, each for another product. Loopback only. */
export interface SteadyLoad {
  /** Requests answered with 200 so far. */
  completed(): number;
  failed(): number;
  stop(): void;
}

export function startSteadyLoad(url: string, concurrency: number): SteadyLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  let completed = 0;
  let failed = 0;
  let running = true;
  let turn = 0;
  const next = (): void => {
    if (!running) return;
    turn += 1;
    const request = get(`${url}/products/${1 + ((turn * 7) % hotProducts)}`, { agent }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) completed += 1;
        else failed += 1;
        next();
      });
    });
    request.once('error', () => {
      failed += 1;
      // A server that is going away would otherwise be asked without a pause.
      setTimeout(next, 50).unref();
    });
  };
  for (let index = 0; index < concurrency; index += 1) next();
  return {
    completed: () => completed,
    failed: () => failed,
    stop() {
      running = false;
      agent.destroy();
    },
  };
}
