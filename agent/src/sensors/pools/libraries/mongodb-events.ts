import type { PoolAsk, PoolRecorder } from '../adapter.js';
import { guarded } from '../guarded.js';

/** Whoever tells of its connections as MongoDB's specification of connection monitoring and pooling (CMAP) says. */
export interface CmapEmitter {
  emit(...parameters: never[]): unknown;
  on(event: string, listener: (event: CmapEvent) => void): unknown;
  removeListener(event: string, listener: (event: CmapEvent) => void): unknown;
}
interface CmapEvent {
  readonly address: string;
  readonly connectionId?: unknown;
  readonly reason?: string;
  readonly durationMS?: number;
}

/** What the events add up to. */
export interface CmapFollower {
  counts(): {
    /** Connections that are open, those that are out included. */
    readonly open: number;
    readonly opening: number;
    readonly out: number;
    readonly asking: number;
    readonly servers: number;
  };
  /** Whether the client has closed. */
  hasEnded(): boolean;
  close(): void;
}

/** Between the event and whoever asked lie all the layers of the driver. */
const framesOfCaller = 32;
/** More callers than this are counted and not followed. */
const followedMost = 10_000;

/** Follows the events of one client. A connection is no object in them: a server and a number stand for it. */
export function followCmap(client: CmapEmitter, recorder: PoolRecorder): CmapFollower {
  const servers = new Set<string>();
  const opening = new Set<string>();
  const open = new Set<string>();
  const out = new Map<string, object>();
  // Each server has a queue of its own, which is served in the order in which the callers came.
  const queues = new Map<string, PoolAsk[]>();
  let hasEnded = false;
  const nameOf = ({ address, connectionId }: CmapEvent): string => `${address}#${connectionId}`;
  const nextIn = ({ address }: CmapEvent): PoolAsk | undefined => queues.get(address)?.shift();

  const listeners: Record<string, (event: CmapEvent) => void> = {
    connectionPoolCreated: ({ address }) => void servers.add(address),
    connectionPoolClosed({ address }) {
      servers.delete(address);
      queues.delete(address);
    },
    connectionCreated: (event) => void opening.add(nameOf(event)),
    connectionReady(event) {
      opening.delete(nameOf(event));
      open.add(nameOf(event));
      if (event.durationMS !== undefined) recorder.created(event.durationMS / 1_000);
    },
    connectionClosed(event) {
      opening.delete(nameOf(event));
      open.delete(nameOf(event));
    },
    connectionCheckOutStarted({ address }) {
      const queue = queues.get(address) ?? [];
      if (queue.length < followedMost) queue.push(recorder.ask(client.emit, framesOfCaller));
      queues.set(address, queue);
    },
    connectionCheckOutFailed: (event) =>
      nextIn(event)?.failed(event.reason === 'timeout' ? 'timeout' : undefined),
    connectionCheckedOut(event) {
      const token = {};
      out.set(nameOf(event), token);
      nextIn(event)?.given(token);
    },
    connectionCheckedIn(event) {
      const token = out.get(nameOf(event));
      out.delete(nameOf(event));
      if (token !== undefined) recorder.returned(token);
    },
    topologyClosed() {
      hasEnded = true;
    },
  };
  const entries = Object.entries(listeners).map(([event, listener]) => [event, guarded(listener)] as const);
  for (const [event, listener] of entries) client.on(event, listener);
  return {
    counts: () => ({
      open: open.size,
      opening: opening.size,
      out: out.size,
      asking: [...queues.values()].reduce((sum, queue) => sum + queue.length, 0),
      servers: servers.size,
    }),
    hasEnded: () => hasEnded,
    close() {
      for (const [event, listener] of entries) client.removeListener(event, listener);
    },
  };
}
