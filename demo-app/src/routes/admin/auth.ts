import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { Problem } from '../../problem.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Lets requests with the right bearer token pass. Without a token set, nobody may pass. */
export function requireToken(token: string | null): RequestHandler {
  const expected = token === null ? null : digest(token);
  return (request, _response, next) => {
    if (expected === null)
      return void next(
        new Problem(403, 'admin-closed', 'Admin routes are closed because ADMIN_TOKEN is not set.'),
      );
    const given = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    // Digests have the same length, so that neither length nor content shows in the time taken.
    if (timingSafeEqual(digest(given), expected)) return void next();
    next(
      new Problem(401, 'unauthorized', 'Send the admin token as Authorization: Bearer TOKEN.', {
        headers: { 'WWW-Authenticate': 'Bearer realm="admin"' },
      }),
    );
  };
}
