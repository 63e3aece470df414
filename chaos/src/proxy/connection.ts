import { connect, type Socket } from 'node:net';
import type { Address } from './address.js';
import type { Budget } from './budget.js';
import { Link } from './link.js';
import type { StreamName, Toxic } from './toxic.js';

/** What a connection through the proxy is made of. */
export interface ConnectionOptions {
  readonly client: Socket;
  readonly upstream: Address;
  readonly toxics: readonly Toxic[];
  readonly seed: number;
  /** Counted since the proxy came up, from 0. */
  readonly number: number;
  readonly budget: Budget;
  /** Both sockets are closed. */
  onClosed(connection: Connection): void;
  /** The server could not be reached. */
  onRefused(error: Error): void;
}

/** A client and the server that it is connected with. Half-closes and resets of one reach the other. */
export class Connection {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #links: Readonly<Record<StreamName, Link>>;
  #exchange = 0;
  #lastSpeaker: 'client' | 'server' = 'server';
  #isEnding = false;

  constructor(options: ConnectionOptions) {
    const { client, upstream, toxics, seed, number, budget } = options;
    this.#client = client;
    this.#server = connect({ ...upstream, allowHalfOpen: true, noDelay: true });
    client.setNoDelay(true);
    let isConnected = false;
    this.#server.once('connect', () => {
      isConnected = true;
    });
    const common = { seed, connection: number, budget, onEnd: (how: 'cut' | 'reset') => this.#end(how) };
    const up = { source: client, destination: this.#server };
    const down = { source: this.#server, destination: client };
    this.#links = {
      upstream: new Link(
        { ...common, ...up, exchange: (hasData) => this.#hear('client', hasData) },
        only('upstream', toxics),
      ),
      downstream: new Link(
        { ...common, ...down, exchange: (hasData) => this.#hear('server', hasData) },
        only('downstream', toxics),
      ),
    };
    this.#server.on('error', (error) => {
      if (!isConnected && !this.#isEnding) options.onRefused(error);
    });
    // The reason is told by the close that follows.
    client.on('error', () => {});
    let open = 2;
    for (const socket of [client, this.#server]) {
      socket.on('close', (hadError) => {
        // A socket that closes before both of its sides have ended was reset, or could not be connected.
        if (hadError || !socket.readableEnded || !socket.writableFinished) this.#end('reset');
        open -= 1;
        if (open === 0) this.#onAllClosed(options);
      });
    }
  }

  /** Takes the toxics of the proxy as they are now. */
  setToxics(toxics: readonly Toxic[]): void {
    this.#links.upstream.setToxics(only('upstream', toxics));
    this.#links.downstream.setToxics(only('downstream', toxics));
  }

  /** Closes both sides at once, as a server does that goes down. */
  close(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#closeLinks();
    this.#client.destroy();
    this.#server.destroy();
  }

  /** `cut` sends what has been written, then closes; `reset` is a TCP RST to both. */
  #end(how: 'cut' | 'reset'): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#closeLinks();
    for (const socket of [this.#client, this.#server]) {
      // A socket that is still connecting would wait for its connection before it resets it.
      if (how === 'reset' && socket.connecting) socket.destroy();
      else if (how === 'reset') socket.resetAndDestroy();
      else finish(socket);
    }
  }

  /** Counts the exchanges. */
  #hear(who: 'client' | 'server', hasData: boolean): number {
    if (hasData && who === 'client' && this.#lastSpeaker === 'server') this.#exchange += 1;
    if (hasData) this.#lastSpeaker = who;
    return this.#exchange;
  }

  #closeLinks(): void {
    this.#links.upstream.close();
    this.#links.downstream.close();
  }

  #onAllClosed({ onClosed }: ConnectionOptions): void {
    this.#closeLinks();
    onClosed(this);
  }
}

const only = (stream: StreamName, toxics: readonly Toxic[]) =>
  toxics.filter((toxic) => toxic.fields.stream === stream);

/** Unit: ms. A receiver that takes nothing does not hold a connection that is to be closed. */
const finishMs = 1_000;

/** Sends what has been written and closes; what still comes is thrown away. */
function finish(socket: Socket): void {
  if (socket.connecting) return void socket.destroy();
  const timer = setTimeout(() => socket.destroy(), finishMs);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
  socket.removeAllListeners('data');
  socket.resume();
  socket.end(() => socket.destroy());
}
