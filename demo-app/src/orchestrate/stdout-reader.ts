import type { Readable } from 'node:stream';
import { z } from 'zod';

/** A child's wish that its standard output be read in bursts, with nothing read for `stallMs` between them; 0 ends it.
 *  Without another wish it ends after `forMs`. */
const wishSchema = z.object({
  type: z.literal('stdout-reader'),
  stallMs: z.number().min(0).max(10_000),
  forMs: z.number().min(0).max(60_000),
});

/** Length of a burst: enough for all that a pipe holds, and for what has waited before it. Unit: ms. */
const burstMs = 250;

/** Heeds the wishes of a child about how its standard output is read. Whoever listens to the stream gets every piece,
 *  only later. */
export function createStdoutReader(stream: Readable): (message: unknown) => void {
  let stallMs = 0;
  let turn: NodeJS.Timeout | undefined;
  let end: NodeJS.Timeout | undefined;
  const readOn = () => {
    stallMs = 0;
    clearTimeout(turn);
    clearTimeout(end);
    stream.resume();
  };
  const stall = () => {
    stream.pause();
    turn = setTimeout(() => {
      stream.resume();
      turn = setTimeout(stall, burstMs);
    }, stallMs);
  };
  stream.once('close', readOn);
  return (message) => {
    const wish = wishSchema.safeParse(message);
    if (!wish.success || stream.destroyed) return;
    if (wish.data.stallMs === 0) return readOn();
    const isNew = stallMs === 0;
    stallMs = wish.data.stallMs;
    if (isNew) stall();
    clearTimeout(end);
    end = setTimeout(readOn, wish.data.forMs);
  };
}
