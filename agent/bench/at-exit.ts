/** Runs `work` when the benchmark ends before it has tidied up, as after Ctrl-C; returns what calls that off. The
 *  work must be synchronous; what it throws is left alone, because the rest must be tidied up as well. */
export function atExit(work: () => void): () => void {
  const guarded = (): void => {
    try {
      work();
    } catch {
      // The process ends: nobody is left to hear of it.
    }
  };
  process.once('exit', guarded);
  return () => void process.off('exit', guarded);
}
