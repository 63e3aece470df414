import http, { type AgentOptions, type ClientRequest, type ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';

/** An agent that knows since when each of its sockets is in use. */
export class WatchedAgent extends http.Agent {
  /** When a socket was opened, became free, or was used again: the newest of these. Unit: ms. */
  readonly #sinceMs = new WeakMap<object, number>();

  constructor(options: AgentOptions) {
    super(options);
    // Told after each call, also when the socket goes on to somebody who waits for it.
    this.on('free', (socket: object) => void this.#sinceMs.set(socket, performance.now()));
  }

  override createConnection(
    options: ClientRequestArgs,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): Duplex | null | undefined {
    const socket = super.createConnection(options, callback);
    if (socket) this.#sinceMs.set(socket, performance.now());
    return socket;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    this.#sinceMs.set(socket, performance.now());
    super.reuseSocket(socket, request);
  }

  /** Closes the sockets that one call has had for at least so long, and gives their places to whoever waits. Returns how
   *  many. Unit: ms. */
  takeBack(heldMs: number): number {
    const nowMs = performance.now();
    let count = 0;
    for (const socket of Object.values(this.sockets).flatMap((list) => [...(list ?? [])])) {
      if (nowMs - (this.#sinceMs.get(socket) ?? nowMs) < heldMs) continue;
      socket.destroy();
      count += 1;
    }
    return count;
  }
}
