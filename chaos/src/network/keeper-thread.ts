import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { KeeperTask } from './door.js';
import { createKeeper } from './keeper.js';

/** Unit: ms. */
const renewMs = 250;
/** Tries to remove the toxic. After that its own time is over anyway. */
const removeTries = 40;

const stopping = new AbortController();
parentPort?.on('message', () => stopping.abort());
const keeper = createKeeper(workerData as KeeperTask);

while (!stopping.signal.aborted) {
  parentPort?.postMessage(await keeper.renew());
  await sleep(renewMs, undefined, { signal: stopping.signal }).catch(() => {});
}
for (let tries = 0; tries < removeTries; tries += 1) {
  const isGone = await keeper.remove();
  parentPort?.postMessage(keeper.signal());
  if (isGone) break;
  await sleep(renewMs);
}
parentPort?.close();
