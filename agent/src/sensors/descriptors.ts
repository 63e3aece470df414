import { readdirSync, readFileSync, statSync } from 'node:fs';

const directory = '/proc/self/fd';

/** File descriptors of the process. */
export interface Descriptors {
  readonly open: number;
  /** Soft limit, read once at the start; null where there is none or it cannot be read. */
  readonly limit: number | null;
}

/** Number of open file descriptors and their limit; null where the system does not tell. It never throws.
 *  Source: the size of /proc/self/fd, which Linux 6.2 and later give without opening anything; before that, its list. */
export function createDescriptorReader(): () => Descriptors | null {
  const limit = readLimit();
  return () => {
    const open = countOpen(limit);
    return open === null ? null : { open, limit };
  };
}

function countOpen(limit: number | null): number | null {
  try {
    const { size } = statSync(directory);
    // The descriptor that lists the directory is not the service's.
    return size > 0 ? size : readdirSync(directory).length - 1;
  } catch (error) {
    // Listing needs a descriptor of its own. That none is left says how many there are.
    return isExhausted(error) ? limit : null;
  }
}

/** Whether an error says that this process has no descriptor left. ENFILE would be the whole machine's. */
export const isExhausted = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EMFILE';

function readLimit(): number | null {
  try {
    return parseLimit(readFileSync('/proc/self/limits', 'latin1'));
  } catch {
    return null;
  }
}

/** The soft limit of open files from the text of /proc/self/limits; null when it holds none or says unlimited. */
export function parseLimit(text: string): number | null {
  const soft = /^Max open files\s+(\d+)/m.exec(text)?.[1];
  return soft === undefined ? null : Number(soft);
}
