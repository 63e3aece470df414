import type { ServerResponse } from 'node:http';
import { ChaosError } from '../errors.js';
import type { Fault } from '../fault.js';
import type { LeaseBook } from '../lease/lease-book.js';
import type { Permission } from '../safeguards.js';
import type { ParsedRequest } from './body.js';
import { drillOf } from './fields.js';
import { sendProblem } from './problem.js';
import { type Route, routes } from './routes.js';
import { carriesToken } from './token.js';

/** Express' shape of a handler; with plain `node:http` the third argument is simply left out. */
export type ChaosHandler = (
  request: ParsedRequest,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

/** Makes the handler of the HTTP controls. */
export function createHandler<Context>(
  permission: Permission,
  faults: readonly Fault<Context>[],
  leases: LeaseBook<Context>,
): ChaosHandler {
  return (request, response, next) => {
    const path = (request.url ?? '/').split('?', 1)[0]?.replace(/(?<=.)\/+$/, '') ?? '/';
    const matching = routes.filter((route) => route.pattern.test(path));
    if (matching.length === 0 && next) {
      next();
      return;
    }
    answer().catch((thrown: unknown) => {
      if (response.headersSent) response.destroy();
      else sendProblem(response, thrown, problemHeaders(thrown, matching));
    });

    async function answer(): Promise<void> {
      requirePermission(permission, request);
      if (matching.length === 0) throw new ChaosError('route-unknown', `no route ${path}`);
      const route = matching.find((one) => one.method === request.method);
      if (!route) {
        const known = matching.map((one) => one.method).join(', ');
        throw new ChaosError('method-unknown', `${path} has ${known}, got ${request.method}`);
      }
      const id = decode(route.pattern.exec(path)?.groups?.id ?? '');
      await route.answer({ request, response, leases, faults, id, drill: drillOf(request) });
    }
  };
}

function problemHeaders(thrown: unknown, matching: readonly Route[]): Readonly<Record<string, string>> {
  if (!(thrown instanceof ChaosError)) return {};
  if (thrown.code === 'token-wrong') return { 'www-authenticate': 'Bearer realm="faultline-chaos"' };
  if (thrown.code === 'method-unknown') return { allow: matching.map((one) => one.method).join(', ') };
  return {};
}

function requirePermission(permission: Permission, request: ParsedRequest): void {
  if (!permission.allowed) throw new ChaosError('not-allowed', permission.reason);
  if (!carriesToken(request.headers.authorization, permission.token)) {
    throw new ChaosError('token-wrong', 'present FAULTLINE_CHAOS_TOKEN as "Authorization: Bearer …"');
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
