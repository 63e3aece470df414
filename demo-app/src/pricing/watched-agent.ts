import http, { type AgentOptions, type ClientRequest, type ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';

/** An agent that knows since when each of its sockets is in use, and may be told not to keep any. */
export class WatchedAgent extends http.Agent {
  /** When a socket was opened, became free, or was used again: the newest of these. Unit: ms. */
  readonly #sinceMs = new WeakMap<object, number>();
  #mayKeep: () => boolean = () => true;

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

  /** Keeps sockets for a next call only while `mayKeep` says so. */
  keepWhile(mayKeep: () => boolean): void {
    this.#mayKeep = mayKeep;
  }

  /** Node asks before it keeps a socket, and closes it when the answer is false; its types do not know of the answer. */
  override keepSocketAlive(socket: Duplex): boolean {
    if (this.#mayKeep()) return (super.keepSocketAlive(socket) as unknown) !== false;
    this.#closeFree();
    return false;
  }

  /** What lies idle already would still be used once. */
  #closeFree(): void {
    for (const free of Object.values(this.freeSockets).flatMap((list) => [...(list ?? [])])) free.destroy();
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
