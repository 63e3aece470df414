import type { Logger } from 'pino';

const parts = ['diagnosis', 'incidents', 'messages', 'evidence', 'http', 'log', 'last-words'] as const;

/** What has gone wrong in the parts of the sidecar: nothing in one stops the others. */
export interface Failures {
  /** By part, from 0 on. */
  readonly counts: Map<string, number>;
  /** Runs the work; what it throws is counted, and told once for each part. */
  guard(part: string, work: () => void): void;
  count(part: string, error: unknown): void;
}

/** `openLog` is given what counts the lines that the log itself could not write, which it cannot tell of. */
export function createFailures(
  openLog: (onDropped: () => void) => Logger,
): Failures & { readonly log: Logger } {
  const counts = new Map<string, number>(parts.map((part) => [part, 0]));
  const add = (part: string): number => {
    const before = counts.get(part) ?? 0;
    counts.set(part, before + 1);
    return before;
  };
  const log = openLog(() => void add('log'));
  const count = (part: string, error: unknown): void => {
    if (add(part) === 0) log.warn({ err: error, part }, 'A part of the agent failed; it goes on without');
  };
  return {
    log,
    counts,
    count,
    guard(part, work) {
      try {
        work();
      } catch (error) {
        count(part, error);
      }
    },
  };
}
