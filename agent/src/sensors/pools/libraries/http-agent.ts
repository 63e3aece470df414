import type { ClientRequest, IncomingMessage } from 'node:http';
import { nameOfOrigin } from '../../dependencies/targets.js';
import type { PoolAdapter, PoolRecorder } from '../adapter.js';
import { matched, type PoolLibrary } from '../library.js';
import { discoverAgents, followAgent } from './http-agent-requests.js';

/** What is read from an Agent of node:http or node:https: its public fields, one list for each host. */
export interface HttpAgent {
  readonly sockets: Lists;
  readonly freeSockets: Lists;
  readonly requests: Lists;
  readonly maxSockets: number;
  readonly maxTotalSockets: number;
  readonly protocol?: string;
}
type Lists = Readonly<Record<string, readonly unknown[] | undefined>>;

/** Nothing is patched: the counts are public, and the rest is told by the http.client channels. Agents without a limit,
 *  such as the global one, are not looked for: nobody ever waits for them. */
export const httpAgent: PoolLibrary = {
  name: 'node:http',
  isEndless: true,
  match: (value) => (isHttpAgent(value) ? matched(value, adapt(value)) : null),
  discover: (onPool) => {
    const close = discoverAgents((agent) => void (isHttpAgent(agent) && hasLimit(agent) && onPool(agent)));
    return { look() {}, close };
  },
};

function isHttpAgent(value: unknown): value is HttpAgent {
  const agent = value as Partial<HttpAgent> | null;
  return (
    typeof agent === 'object' &&
    agent !== null &&
    typeof agent.sockets === 'object' &&
    typeof agent.freeSockets === 'object' &&
    typeof agent.requests === 'object' &&
    typeof agent.maxSockets === 'number'
  );
}

const hasLimit = ({ maxSockets, maxTotalSockets }: HttpAgent): boolean =>
  maxSockets < Infinity || maxTotalSockets < Infinity;

function adapt(agent: HttpAgent): PoolAdapter {
  let target: string | null = null;
  const library = agent.protocol === 'https:' ? 'https.Agent' : 'http.Agent';
  return {
    name: library,
    kind: 'http',
    library,
    target: () => target ?? library,
    read: () => ({
      used: count(agent.sockets),
      idle: count(agent.freeSockets),
      waiting: count(agent.requests),
      max: limitOf(agent),
    }),
    isBusy: (request) => isAwaitingData(request as ClientRequest),
    isOut: (request) => !(request as ClientRequest).destroyed,
    observe: (recorder) =>
      observe(agent, recorder, (request) => {
        target ??= nameOfOrigin(`${request.protocol}//${request.getHeader('host') ?? request.host}`);
      }),
  };
}

const count = (lists: Lists): number =>
  Object.values(lists).reduce((sum, list) => sum + (list?.length ?? 0), 0);

/** `maxSockets` holds for each host, so that of an agent with several hosts it is the sum. */
function limitOf({ sockets, freeSockets, maxSockets, maxTotalSockets }: HttpAgent): number | null {
  const hosts = new Set([...Object.keys(sockets), ...Object.keys(freeSockets)]).size;
  const limit = Math.min(maxSockets * Math.max(1, hosts), maxTotalSockets ?? Infinity);
  return limit < Infinity ? limit : null;
}

/** Whether the other side has to do the next thing; false when an answer is there that nobody reads. */
function isAwaitingData({ res }: ClientRequest & { readonly res?: IncomingMessage | null }): boolean {
  if (res === undefined || res === null) return true;
  return res.readableFlowing === true || res.listenerCount('readable') > 0;
}

function observe(
  agent: HttpAgent,
  recorder: PoolRecorder,
  onRequest: (request: ClientRequest) => void,
): () => void {
  return followAgent(agent, {
    ask: (request, top) => {
      onRequest(request);
      return recorder.ask(top);
    },
    taken(request) {
      onRequest(request);
      recorder.taken(request);
    },
    ended: recorder.returned,
  });
}
