import { tellParent } from './parent.js';

/** How often the wish is renewed, and how long it holds without that. Unit: ms. */
const renewEveryMs = 1_000;
const holdsForMs = 5_000;

/** Asks the process that has started this one to read its standard output in bursts, see orchestrate/stdout-reader.ts.
 *  The wish is renewed again and again: when this process hangs in a write for too long, or ends, the other one reads
 *  on by itself. Returns what takes the wish back.
 *  @throws Error when there is nobody to ask. */
export function askForSlowReader(stallMs: number, expired: () => boolean): () => void {
  if (!process.connected)
    throw new Error('nobody to ask who reads stdout: start the service with npm start, which does');
  const ask = () =>
    tellParent({ type: 'stdout-reader', stallMs: expired() ? 0 : stallMs, forMs: holdsForMs });
  const timer = setInterval(ask, renewEveryMs).unref();
  ask();
  return () => {
    clearInterval(timer);
    tellParent({ type: 'stdout-reader', stallMs: 0, forMs: 0 });
  };
}
