/** Time on the clock that all threads of a process share. Unit: ms since an arbitrary start; never goes back.
 *  performance.now() will not do: each thread counts it from its own start. Source: process.hrtime(). */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1_000_000;
}
