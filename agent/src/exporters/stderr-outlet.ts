import { constants, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Outlet } from './stderr-writer.js';

const stderr = 2;

/** A way to standard error on which no write waits for a reader; null for a socket, and where there is none.
 *  Whether a write waits belongs to the open file, which is the service's as well and stays as it is: so pipes and
 *  terminals are opened once more. Linux only, because elsewhere the same name leads to the same open file. Node
 *  closes it with the thread. */
export function openOutlet(): Outlet | null {
  try {
    const status = fstatSync(stderr);
    if (status.isFile()) return outletTo(stderr);
    if (process.platform !== 'linux' || !(status.isFIFO() || status.isCharacterDevice())) return null;
    const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
    return outletTo(openSync(`/proc/self/fd/${stderr}`, flags));
  } catch {
    // Closed, or opened by another user before this one gave up its rights.
    return null;
  }
}

/** Standard error as it is shared with the service; full for as long as a write to it could wait. */
export const sharedOutlet: Outlet = {
  write(bytes) {
    if (!isWaitless()) throw Object.assign(new Error('A write could wait'), { code: 'EAGAIN' });
    return writeSync(stderr, bytes);
  },
};

/** Whether the open file is set not to wait. Node sets a socket so as soon as the service uses `process.stderr`, or
 *  `process.stdout` where both are the same. False where nobody tells.
 *  Source: /proc/self/fdinfo/<fd>, flags in octal. */
export function isWaitless(): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${stderr}`, 'latin1'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & constants.O_NONBLOCK) !== 0;
  } catch {
    return false;
  }
}

const outletTo = (fd: number): Outlet => ({ write: (bytes) => writeSync(fd, bytes) });
