import { FaultlineError } from '../../errors.js';
import { type ProfileKind, type ProfileRequest, profileSeconds } from '../../protocol/profile.js';
import { sendProblem } from './problem.js';
import type { Route } from './server.js';

const statuses: Readonly<Record<string, readonly [number, string]>> = {
  ERR_FAULTLINE_PROFILE_BUSY: [409, 'Conflict'],
  ERR_FAULTLINE_PROFILE_BLOCKED: [503, 'Service Unavailable'],
  ERR_FAULTLINE_PROFILE_UNAVAILABLE: [501, 'Not Implemented'],
  ERR_FAULTLINE_PROFILE_STOPPED: [503, 'Service Unavailable'],
};

export type TakeProfile = (request: ProfileRequest, signal: AbortSignal) => Promise<string>;

/** POST /profiles/cpu and /profiles/heap, each with `?seconds=`, and for the heap `?objects=live|all`: the file that
 *  Chrome DevTools and speedscope open. It is given up when the client goes away. */
export function createProfileRoutes(take: TakeProfile): readonly Route[] {
  return (['cpu', 'heap'] as const).map((kind) => createRoute(kind, take));
}

function createRoute(kind: ProfileKind, take: TakeProfile): Route {
  return {
    method: 'POST',
    path: new RegExp(`^/profiles/${kind}$`),
    async handle(request, response) {
      const wanted = readRequest(kind, request.url ?? '');
      if (typeof wanted === 'string') return sendProblem(response, 422, 'Unprocessable Content', wanted);
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      try {
        const profile = await take(wanted, gone.signal);
        const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
        response.writeHead(200, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(profile),
          'content-disposition': `attachment; filename="${process.pid}-${stamp}.${kind}profile"`,
          'x-content-type-options': 'nosniff',
          'cache-control': 'no-store',
        });
        response.end(profile);
      } catch (error) {
        if (!(error instanceof FaultlineError)) throw error;
        const [status, title] = statuses[error.code] ?? [500, 'Internal Server Error'];
        if (!gone.signal.aborted) sendProblem(response, status, title, error.message);
      }
    },
  };
}

/** A text says what is wrong. */
function readRequest(kind: ProfileKind, url: string): ProfileRequest | string {
  const query = new URLSearchParams(url.split('?')[1] ?? '');
  const { fallback, min, max } = profileSeconds;
  const text = query.get('seconds') ?? String(fallback);
  const seconds = Number(text);
  if (text === '' || !(seconds >= min && seconds <= max))
    return `seconds must be a number from ${min} to ${max}; got "${text.slice(0, 32)}".`;
  const objects = query.get('objects') ?? 'live';
  if (objects !== 'live' && objects !== 'all')
    return `objects must be live or all; got "${objects.slice(0, 32)}".`;
  return { kind, seconds, objects };
}
