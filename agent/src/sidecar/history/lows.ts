/** Of each span of this length the lowest value is kept, which is what a burst or a sawtooth comes back to. Unit: ms. */
const spansMs = [5_000, 60_000, 900_000] as const;
/** Four minutes at the finest, twelve hours at the coarsest. */
const keptPerSpan = 48;

/** The lowest value of a span of time. */
export interface Low {
  /** Unit: ms, when that value was read. */
  readonly atMs: number;
  readonly value: number;
}

/** The newest lows of one number at several resolutions, in a fixed amount of memory. */
export interface Lows {
  /** Returns whether the value begins a new span at the finest resolution. */
  add(low: Low): boolean;
  /** Finest first; each oldest first. */
  levels(): readonly (readonly Low[])[];
}

export function createLows(): Lows {
  const levels: Low[][] = spansMs.map(() => []);
  return {
    add(low) {
      const before = levels[0]!.at(-1);
      for (const [index, spanMs] of spansMs.entries()) keep(levels[index]!, low, spanMs);
      return before === undefined || spanOf(before, spansMs[0]) !== spanOf(low, spansMs[0]);
    },
    levels: () => levels.map((level) => [...level]),
  };
}

const spanOf = ({ atMs }: Low, spanMs: number): number => Math.floor(atMs / spanMs);

function keep(level: Low[], low: Low, spanMs: number): void {
  const last = level.at(-1);
  if (last === undefined || spanOf(last, spanMs) !== spanOf(low, spanMs)) level.push(low);
  else if (low.value < last.value) level[level.length - 1] = low;
  if (level.length > keptPerSpan) level.shift();
}
