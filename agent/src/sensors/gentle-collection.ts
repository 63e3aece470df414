import { MessageChannel } from 'node:worker_threads';

/** V8 begins to mark when what buffers hold has grown by 64 MiB since the last collection. Unit: bytes. */
const weightBytes = 65 * 1_024 * 1_024;

/** Makes V8 begin a major collection as it does by itself: marked beside the main thread, which is paused for the end of
 *  it only. One that is forced, as `gc()` or the inspector do it, holds the main thread up from the beginning to the end.
 *  A buffer of this size that nobody touches takes no memory; it is given back at once, so that what buffers hold is
 *  counted rightly afterwards. Returns false when there is no room for it.
 *  Source: V8's soft limit for external memory, which is neither documented nor an option. */
export function askForCollection(): boolean {
  try {
    giveBack(new ArrayBuffer(weightBytes));
    return true;
  } catch {
    return false;
  }
}

/** Left to the collector, it would be counted until somebody makes the next buffer. */
function giveBack(buffer: ArrayBuffer & { transfer?: (length: number) => ArrayBuffer }): void {
  if (buffer.transfer !== undefined) {
    buffer.transfer(0);
    return;
  }
  // Node 20 gives a buffer back only with a message, which nobody receives.
  const { port1 } = new MessageChannel();
  port1.postMessage(null, [buffer]);
  port1.close();
}
