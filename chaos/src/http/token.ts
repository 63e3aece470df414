import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Whether an Authorization header carries the token. Digests are compared, so that neither the length nor the
 *  position of the first wrong character shows in the time that it takes. */
export function carriesToken(header: string | undefined, token: string): boolean {
  const presented = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
  return timingSafeEqual(digest(presented ?? ''), digest(token)) && presented !== undefined;
}
