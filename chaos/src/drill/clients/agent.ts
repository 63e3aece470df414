import type { Incident } from '@faultline/agent';
import { requestOnce } from '../providers/http-request.js';

/** Unit: ms. The agent answers from its own thread, also while the service is blocked. */
const timeoutMs = 3000;

/** The agent's HTTP server, as far as drills need it. */
export interface AgentClient {
  /** Every incident of this process that it knows; open ones first. Those of a former one are no result of a drill. */
  incidents(signal: AbortSignal): Promise<readonly Incident[]>;
  /** Resolves when the agent answers at all; also a blocked service has an agent that answers. */
  contact(signal: AbortSignal): Promise<void>;
}

/** Talks to the agent at `url`. */
export function createAgentClient(url: string, token: string | null): AgentClient {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  return {
    async incidents(signal) {
      const answer = await requestOnce({
        method: 'GET',
        url: `${url}/incidents`,
        headers,
        timeoutMs,
        signal,
      });
      if (answer.status !== 200) throw new Error(`GET ${url}/incidents answered ${answer.status}`);
      return readIncidents(answer.text, url);
    },
    async contact(signal) {
      await requestOnce({ method: 'GET', url: `${url}/healthz`, timeoutMs, signal });
    },
  };
}

function readIncidents(text: string, url: string): readonly Incident[] {
  const body: unknown = JSON.parse(text);
  const list = typeof body === 'object' && body !== null && 'incidents' in body ? body.incidents : body;
  if (Array.isArray(list) && list.every(isIncident)) {
    return list.filter(({ endedProcess }) => endedProcess === undefined);
  }
  throw new Error(`GET ${url}/incidents did not answer with a list of incidents`);
}

/** The members without which nothing could be judged; the rest is compared with what the drill expects. */
function isIncident(value: unknown): value is Incident {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(value));
  return ['id', 'kind', 'status', 'openedAt', 'cause', 'title'].every(
    (key) => typeof fields[key] === 'string',
  );
}
