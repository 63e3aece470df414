const works = new Set<() => void>();

/** Runs `work` when the benchmark ends before it has tidied up, as after Ctrl-C; returns what calls that off. The
 *  work must be synchronous; what it throws is left alone, because the rest must be tidied up as well. */
export function atExit(work: () => void): () => void {
  if (works.size === 0) process.on('exit', tidyUp);
  works.add(work);
  return () => {
    works.delete(work);
    if (works.size === 0) process.off('exit', tidyUp);
  };
}

/** Newest first: what was made later may lie in what was made before. */
function tidyUp(): void {
  for (const work of [...works].reverse()) {
    try {
      work();
    } catch {
      // The process ends: nobody is left to hear of it.
    }
  }
}
