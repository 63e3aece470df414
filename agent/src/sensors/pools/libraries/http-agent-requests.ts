import type { ClientRequest } from 'node:http';
import { listen } from '../../dependencies/channels.js';
import { noteMade } from '../../dependencies/socket-waits.js';
import { listenBeside } from '../../listen-beside.js';
import type { PoolAsk } from '../adapter.js';
import { guarded } from '../guarded.js';
import { wrapOwnMethod } from '../wrap-method.js';

/** Told of the requests that go through one agent. */
export interface AgentFollower {
  /** A request is made. */
  ask(request: ClientRequest, top: (...parameters: never[]) => unknown): PoolAsk;
  /** A request has its socket, and nobody has seen it made. */
  taken(request: ClientRequest): void;
  ended(request: ClientRequest): void;
}

type AgentRequest = ClientRequest & { readonly agent?: object };
interface Message {
  readonly request: AgentRequest;
}

const followers = new WeakMap<object, AgentFollower>();
const finders = new Set<(agent: object) => void>();
const asks = new WeakMap<ClientRequest, PoolAsk>();
let users = 0;
let endListening: (() => void) | null = null;

/** Tells of each agent that a request goes through, each time. Returns what ends it. */
export function discoverAgents(onAgent: (agent: object) => void): () => void {
  finders.add(onAgent);
  const end = startListening();
  return () => {
    finders.delete(onAgent);
    end();
  };
}

/** Follows the requests of one agent. Returns what ends it. */
export function followAgent(agent: object, follower: AgentFollower): () => void {
  followers.set(agent, follower);
  const end = startListening();
  const endWatch = isCreationTold ? null : watchCreations(agent);
  return () => {
    followers.delete(agent);
    endWatch?.();
    end();
  };
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
/** Older versions of Node tell of a request only once it has its socket, when its caller is gone from the stack. */
const isCreationTold = major > 22 || (major === 22 && minor >= 12);

/** Node hands each request to its agent by this method, which other agents replace for their own ends, too. */
function watchCreations(agent: object): () => void {
  const tell = guarded((request: AgentRequest, top: (...parameters: never[]) => unknown) =>
    noteAsk(request, top),
  );
  return wrapOwnMethod(agent, 'addRequest', (call, [request], top) => {
    noteMade(request as AgentRequest);
    tell(request as AgentRequest, top);
    return call();
  });
}

/** However many agents there are, each channel has one listener. */
function startListening(): () => void {
  users += 1;
  endListening ??= listen<Message>({
    'http.client.request.created': onCreated,
    'http.client.request.start': onStart,
  });
  return () => {
    users -= 1;
    if (users > 0) return;
    endListening?.();
    endListening = null;
  };
}

function onCreated({ request }: Message): void {
  noteAsk(request, onCreated);
}

function noteAsk(request: AgentRequest, top: (...parameters: never[]) => unknown): void {
  const follower = followerOf(request);
  if (follower !== undefined) asks.set(request, follower.ask(request, top));
}

/** Node tells that a request starts once its head and body are written, which takes a socket. */
function onStart({ request }: Message): void {
  const follower = followerOf(request);
  if (follower === undefined) return;
  const ask = asks.get(request);
  if (ask === undefined) follower.taken(request);
  else ask.given(request);
  listenBeside(request, 'close', () => follower.ended(request));
}

function followerOf({ agent }: AgentRequest): AgentFollower | undefined {
  if (typeof agent !== 'object' || agent === null) return undefined;
  for (const find of finders) find(agent);
  return followers.get(agent);
}
