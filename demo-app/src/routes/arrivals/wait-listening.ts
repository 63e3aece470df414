import type { WaitForArrival } from './arrivals.js';

/** Sleeps until it is woken. The bad twins are wait-polling.ts and wait-ticking.ts. */
export const waitListening: WaitForArrival = (arrivals, afterId, signal) =>
  new Promise((resolve) => {
    const end = () => {
      stopListening();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const stopListening = arrivals.onArrival(() => {
      if (arrivals.newestId() > afterId) end();
    });
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
