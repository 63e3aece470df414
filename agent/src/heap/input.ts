import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { snapshotError } from './errors.js';

const chunkBytes = 1024 * 1024;

/** The bytes of a file, one after the other, in a fixed amount of memory. */
export interface Input {
  readonly path: string;
  /** Size of the file in bytes when it was opened. */
  readonly bytes: number;
  /** Offset of the byte that next() returns. */
  position(): number;
  /** The byte that next() will return, or -1 at the end. */
  peek(): number;
  /** The next byte, or -1 at the end. */
  next(): number;
  /** Up to `length` bytes from an offset; the position stays. */
  at(offset: number, length: number): Buffer;
  close(): void;
}

/** Opens a file. Throws ERR_FAULTLINE_HEAP_FILE when it cannot be read, or is no file. */
export function openInput(path: string, onProgress: (ratio: number) => void = () => {}): Input {
  const descriptor = open(path);
  const bytes = fstatSync(descriptor).size;
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let start = 0;
  let length = 0;
  let index = 0;
  const fill = (): boolean => {
    if (index < length) return true;
    start += length;
    index = 0;
    length = readSync(descriptor, chunk, 0, chunkBytes, start);
    onProgress(bytes === 0 ? 1 : Math.min(1, start / bytes));
    return length > 0;
  };
  return {
    path,
    bytes,
    position: () => start + index,
    peek: () => (fill() ? chunk[index]! : -1),
    next: () => (index < length || fill() ? chunk[index++]! : -1),
    at(offset, wanted) {
      const part = Buffer.allocUnsafe(wanted);
      return part.subarray(0, readSync(descriptor, part, 0, wanted, offset));
    },
    close: () => closeSync(descriptor),
  };
}

function open(path: string): number {
  try {
    const descriptor = openSync(path, 'r');
    if (fstatSync(descriptor).isFile()) return descriptor;
    closeSync(descriptor);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'There is no such file' : `It cannot be read (${code})`;
    throw snapshotError(path, `${why}.`, error);
  }
  throw snapshotError(path, 'It is not a file.');
}
