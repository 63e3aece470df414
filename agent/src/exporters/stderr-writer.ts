/** When standard error is stuck, lines beyond this are dropped: the service must not run out of memory for a log. */
export const waitingBytes = 256 * 1024;
/** How soon a full standard error is tried again. Unit: ms. */
const retryMs = 100;

/** Takes lines for standard error and never waits for it. */
export interface StderrWriter {
  write(line: string): void;
  /** Tries once more to get rid of what waits. */
  flush(): void;
}

/** Where lines can be put without waiting. */
export interface Outlet {
  /** Number of bytes taken. Throws with code EAGAIN when nothing fits in just now. */
  write(bytes: Uint8Array): number;
}

/** Lines that do not fit wait, up to a bound; `onDropped` is called for each line beyond it, and for each that
 *  standard error refuses for good, as when its reader has gone. */
export function createStderrWriter(
  outlet: Outlet,
  onDropped: () => void,
  retry: (work: () => void) => void = (work) => void setTimeout(work, retryMs).unref(),
): StderrWriter {
  let waiting: Uint8Array[] = [];
  let waitingLength = 0;
  let isPlanned = false;

  const flush = (): void => {
    while (waiting.length > 0) {
      const written = put(outlet, waiting[0]!);
      if (written === 'full') {
        plan();
        return;
      }
      const rest = written === 'refused' ? undefined : waiting[0]!.subarray(written);
      waitingLength -= waiting[0]!.length - (rest?.length ?? 0);
      if (written === 'refused') onDropped();
      waiting = rest === undefined || rest.length === 0 ? waiting.slice(1) : [rest, ...waiting.slice(1)];
    }
  };
  const plan = (): void => {
    if (isPlanned) return;
    isPlanned = true;
    retry(() => {
      isPlanned = false;
      flush();
    });
  };
  return {
    write(line) {
      const bytes = Buffer.from(line);
      if (waitingLength + bytes.length > waitingBytes) return onDropped();
      waiting.push(bytes);
      waitingLength += bytes.length;
      if (!isPlanned) flush();
    },
    flush,
  };
}

function put(outlet: Outlet, bytes: Uint8Array): number | 'full' | 'refused' {
  try {
    return outlet.write(bytes);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 'full' : 'refused';
  }
}
