import type { ClientRequest } from 'node:http';
import { listen } from '../../dependencies/channels.js';
import type { PoolAsk } from '../adapter.js';

/** Told of the requests that go through one agent. */
export interface AgentFollower {
  /** A request is made. Told from Node 22 on. */
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
  return () => {
    followers.delete(agent);
    end();
  };
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
  const follower = followerOf(request);
  if (follower !== undefined) asks.set(request, follower.ask(request, onCreated));
}

/** Node tells that a request starts once its head and body are written, which takes a socket. */
function onStart({ request }: Message): void {
  const follower = followerOf(request);
  if (follower === undefined) return;
  const ask = asks.get(request);
  if (ask === undefined) follower.taken(request);
  else ask.given(request);
  request.once('close', () => follower.ended(request));
}

function followerOf({ agent }: AgentRequest): AgentFollower | undefined {
  if (typeof agent !== 'object' || agent === null) return undefined;
  for (const find of finders) find(agent);
  return followers.get(agent);
}
