/** Tells the person at the terminal how far the drill is. */
export interface Progress {
  /** Something is being done that takes a while. */
  doing(what: string): void;
  /** Something came out as it should. */
  passed(what: string): void;
  failed(what: string): void;
  /** Something was left out, with its reason. */
  skipped(what: string): void;
}

/** Writes one line an event, with the seconds since the start. */
export function createProgress(write: (line: string) => void, now = () => performance.now()): Progress {
  const startedAt = now();
  const line = (mark: string) => (what: string) => {
    const seconds = ((now() - startedAt) / 1000).toFixed(1).padStart(6);
    write(`${seconds}s  ${mark} ${what}`);
  };
  return { doing: line('·'), passed: line('✔'), failed: line('✖'), skipped: line('–') };
}
