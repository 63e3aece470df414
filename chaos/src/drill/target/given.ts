import type { Environment } from '../../safeguards.js';
import { DrillError } from '../errors.js';
import { requestOnce } from '../providers/http-request.js';
import type { Target } from './target.js';

/** Port of the agent's HTTP server unless FAULTLINE_URL says otherwise. */
const agentPort = 9464;
const contactMs = 5_000;

/** A service that runs already, such as a staging deployment. Nothing of it is started or stopped.
 *  @throws DrillError `usage` when the address is none; an empty one means no target, not every target. */
export function useGivenTarget(address: string, environment: Environment): Target {
  const app = readUrl(address, '--target');
  const url = (variable: string, fallback: string | null) => {
    const text = environment[variable]?.trim();
    return text ? readUrl(text, variable) : fallback;
  };
  const token = (variable: string) => environment[variable]?.trim() || null;
  const { protocol, hostname } = new URL(app);
  return {
    name: app,
    addresses: {
      app,
      faultline: url('FAULTLINE_URL', null) ?? `${protocol}//${hostname}:${agentPort}`,
      chaos: url('FAULTLINE_CHAOS_URL', `${app}/chaos`),
      pricing: url('PRICING_URL', null),
    },
    tokens: {
      admin: token('ADMIN_TOKEN'),
      chaos: token('FAULTLINE_CHAOS_TOKEN'),
      faultline: token('FAULTLINE_TOKEN'),
    },
    load: () => null,
    onLost() {},
    close: async () => null,
  };
}

/** Resolves when service and agent both answer, whatever they say.
 *  @throws DrillError `target-lost` that says which one does not, and where it was looked for. */
export async function assertAnswers(target: Target, signal: AbortSignal): Promise<void> {
  const { app, faultline } = target.addresses;
  const places = [
    { what: 'the service', url: app, variable: '--target' },
    { what: 'the agent', url: `${faultline}/healthz`, variable: 'FAULTLINE_URL' },
  ];
  for (const { what, url, variable } of places) {
    try {
      await requestOnce({ method: 'GET', url, timeoutMs: contactMs, signal });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new DrillError('target-lost', `${what} does not answer; set ${variable} (${why})`, {
        cause: error,
      });
    }
  }
}

/** An address without a slash at its end.
 *  @throws DrillError `usage`, naming where it was given. */
export function readUrl(text: string, name: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '');
  throw new DrillError(
    'usage',
    `${name} must be an http:// or https:// address, got ${JSON.stringify(text)}`,
  );
}
