import type { DependencyError } from '../../protocol/dependency.js';
import { listen } from './channels.js';
import { beginRedisCall, redisTarget, waitsForOthers } from './redis-commands.js';
import { classifyRedisConnect, failRedisCall } from './redis-errors.js';
import type { Call, Targets } from './targets.js';

/** Set on what the channels tell of a command, so that its end finds its beginning. */
const callKey = Symbol('faultline.dependencyCall');

/** What node-redis tells of a command, of a batch of them, or of a connection that is being opened. */
interface Trace {
  readonly command?: unknown;
  readonly args?: unknown;
  readonly batchMode?: unknown;
  readonly clientId?: unknown;
  readonly serverAddress?: unknown;
  readonly serverPort?: unknown;
  readonly error?: unknown;
  readonly internal?: unknown;
  [callKey]?: Call | undefined;
}

/** Clients of which it is remembered where they lead to. */
const clientsKept = 1_000;

interface Client {
  readonly target: string;
  /** How the newest attempt to connect has failed; null once one has succeeded, or the service has closed it. */
  lastFailure: DependencyError | null;
}

/** Follows the commands of node-redis 5.12 and later by its diagnostics channels. Nothing is patched. A transaction is one
 *  call; a pipeline is as many as it has commands. Each attempt to connect that fails is a failed call. */
export function watchNodeRedis(targets: Targets): () => void {
  const clients = new Map<unknown, Client>();
  const clientOf = ({ clientId, serverAddress, serverPort }: Trace): Client => {
    const known = clients.get(clientId);
    if (known !== undefined) return known;
    const target = redisTarget({ host: serverAddress, port: serverPort });
    const client: Client = { target, lastFailure: null };
    // Those that are in use are learnt again by their next command.
    if (clients.size >= clientsKept) clients.clear();
    clients.set(clientId, client);
    return client;
  };
  const begin = (trace: Trace): void => {
    trace[callKey] = beginRedisCall(targets, clientOf(trace).target);
  };
  const end = (trace: Trace): void => {
    const call = trace[callKey];
    if (call === undefined) return;
    trace[callKey] = undefined;
    if (trace.error === undefined) call.answered(200);
    else failRedisCall(call, trace.error, clientOf(trace).lastFailure);
  };
  return listen<Trace>({
    'tracing:node-redis:command:start': (trace) => {
      if (!waitsForOthers(String(trace.command), trace.args)) begin(trace);
    },
    'tracing:node-redis:command:error': end,
    'tracing:node-redis:command:asyncStart': end,
    // The commands of a pipeline tell of themselves.
    'tracing:node-redis:batch:start': (trace) => {
      if (trace.batchMode === 'MULTI') begin(trace);
    },
    'tracing:node-redis:batch:error': end,
    'tracing:node-redis:batch:asyncStart': end,
    'tracing:node-redis:connect:start': (trace) => void clientOf(trace),
    'node-redis:connection:ready': ({ clientId }) => forgive(clients.get(clientId)),
    'node-redis:connection:closed': ({ clientId }) => forgive(clients.get(clientId)),
    'node-redis:error': ({ clientId, error, internal }) => {
      const client = clients.get(clientId);
      if (client === undefined || internal === true) return;
      client.lastFailure = classifyRedisConnect(error);
      beginRedisCall(targets, client.target).failed(client.lastFailure);
    },
  });
}

const forgive = (client: Client | undefined): void => {
  if (client !== undefined) client.lastFailure = null;
};
