import type { ServerResponse } from 'node:http';
import type { ServedRequests, Serving } from './served-requests.js';

/** Requests in flight that are looked at at once: looking at more would take the main thread more than a millisecond. */
const looksMost = 1_000;

/** Bytes that a response holds because its reader has not taken them, once that makes its writer wait; null while the writer
 *  may go on. Never throws: a response may be anything that a framework has made of it. */
export function unsentBytesOf(response: ServerResponse | null): number | null {
  try {
    return response?.writableNeedDrain === true ? response.writableLength : null;
  } catch {
    return null;
  }
}

/** What stands for requests whose responses wait for their readers now, as `markOf` says for each of them; null stands for
 *  one that it does not know. */
export function awaitingReaders(
  served: Pick<ServedRequests, 'oldest'>,
  markOf: (serving: Serving) => object | null,
): ReadonlySet<object> {
  const marks = new Set<object>();
  let looks = 0;
  for (let serving = served.oldest(); serving !== null && looks < looksMost; serving = serving.newer) {
    looks += 1;
    const mark = unsentBytesOf(serving.response) === null ? null : markOf(serving);
    if (mark !== null) marks.add(mark);
  }
  return marks;
}
