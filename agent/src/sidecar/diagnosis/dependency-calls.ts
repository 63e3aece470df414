import { type DependencyError, type DependencyWindow, dependencyErrors } from '../../protocol/dependency.js';

/** What became of the calls of some windows. */
export interface CallTally {
  /** Calls that have ended and say something about the target. */
  readonly ended: number;
  readonly failed: number;
  readonly errors: Readonly<Record<DependencyError, number>>;
  /** Failed calls that are left out, because the own process was disturbed and may have caused them. */
  readonly ownFailed: number;
  /** Windows in which it was. */
  readonly disturbedWindows: number;
}

/** A blocked loop finds timers that have run out before it finds the answers, and its peers may have hung up meanwhile.
 *  It cannot make a server answer 5xx or refuse, nor a name unknown. */
const fakedByOwnLoop: readonly DependencyError[] = ['timeout', 'reset', 'other'];

/** Adds up what ended. Failures that the own loop may have faked count neither as failed nor as ended. */
export function tallyCalls(windows: readonly DependencyWindow[]): CallTally {
  const errors = Object.fromEntries(dependencyErrors.map((kind) => [kind, 0])) as Record<
    DependencyError,
    number
  >;
  let answered = 0;
  let ownFailed = 0;
  for (const window of windows) {
    answered += window.counts.reduce((sum, count) => sum + count, 0);
    const isOwn = (kind: DependencyError): boolean => isShaken(window) && fakedByOwnLoop.includes(kind);
    for (const kind of dependencyErrors) {
      if (isOwn(kind)) ownFailed += window.errors[kind];
      else errors[kind] += window.errors[kind];
    }
  }
  const failed = dependencyErrors.reduce((sum, kind) => sum + errors[kind], 0);
  // An error of the server is an answer, too.
  const ended = answered + failed - errors['5xx'];
  return { ended, failed, errors, ownFailed, disturbedWindows: windows.filter(isShaken).length };
}

const isShaken = ({ isDisturbed, isAftermath }: DependencyWindow): boolean => isDisturbed || isAftermath;

/** The newest windows, as few as hold enough; null when not even `most` of them do. */
export function newestThat(
  windows: readonly DependencyWindow[],
  { least, most }: { readonly least: number; readonly most: number },
  holdEnough: (windows: readonly DependencyWindow[]) => boolean,
): readonly DependencyWindow[] | null {
  for (let count = least; count <= Math.min(most, windows.length); count += 1) {
    const newest = windows.slice(-count);
    if (holdEnough(newest)) return newest;
  }
  return null;
}
