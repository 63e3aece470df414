import { setTimeout as sleep } from 'node:timers/promises';
import type { Undo, UndoStack } from '../undo.js';
import type { DrillContext } from './context.js';

/** Unit: ms. */
const everyMs = 50;

/** Notes when each incident can first be read over HTTP. It looks from before the injection on, because the first
 *  block may be over before the drill itself has heard of it. Ends when the answer is called. */
export function watchIncidents(context: DrillContext, undo: UndoStack): Undo {
  const { agent, record } = context;
  const closing = new AbortController();
  const signal = AbortSignal.any([closing.signal, context.signal]);
  async function watch(): Promise<void> {
    while (!signal.aborted) {
      try {
        for (const { id } of await agent.incidents(signal)) {
          if (!record.visibleAtMs.has(id)) record.visibleAtMs.set(id, Date.now());
        }
      } catch {
        // The guard watches the contact with the agent.
      }
      await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  }
  const watching = watch();
  return undo.push('incident watch', async () => {
    closing.abort();
    await watching;
    return null;
  });
}
