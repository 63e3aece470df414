import { Problem } from './problem.js';

/** Position in a list: the id of the last product that was seen. Clients treat it as an opaque text. */
export function encodeCursor(lastId: number): string {
  return Buffer.from(JSON.stringify({ v: 1, after: lastId })).toString('base64url');
}

/** The id in a cursor. Throws a Problem with status 400 for a text that encodeCursor cannot have made. */
export function decodeCursor(cursor: string): number {
  const after = cursor.length <= 200 ? readAfter(Buffer.from(cursor, 'base64url').toString('utf8')) : null;
  if (after !== null && encodeCursor(after) === cursor) return after;
  throw new Problem(400, 'invalid-cursor', 'The cursor is not one that this API has given out.', {
    errors: [{ field: 'cursor', message: 'take nextCursor of the page before' }],
  });
}

function readAfter(text: string): number | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('after' in value)) return null;
    const { after } = value;
    return typeof after === 'number' && Number.isInteger(after) && after >= 0 && after <= 2_147_483_647
      ? after
      : null;
  } catch {
    return null;
  }
}
