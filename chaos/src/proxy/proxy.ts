import { createServer, type Server } from 'node:net';
import { type Address, formatAddress } from './address.js';
import type { Budget } from './budget.js';
import { Connection } from './connection.js';
import { ProxyError } from './errors.js';
import { Toxic, type ToxicFields } from './toxic.js';

/** Connections of one proxy at a time; more are refused. */
const connectionsMax = 1_024;
/** Toxics of one proxy. */
const toxicsMax = 64;

/** What makes a proxy. */
export interface ProxyFields {
  readonly name: string;
  readonly listen: Address;
  readonly upstream: Address;
  readonly seed: number;
}

/** Takes the lines that tell what happens. */
export type ProxyLog = (line: string) => void;

/** One proxy: a port, the server behind it, and the toxics between. */
export class TcpProxy {
  fields: ProxyFields;
  /** Connections taken since it last came up. */
  accepted = 0;
  readonly #budget: Budget;
  readonly #log: ProxyLog;
  readonly #connections = new Set<Connection>();
  readonly #toxics: Toxic[] = [];
  #server: Server | null = null;
  #onIdle: (() => void) | null = null;
  #isClosed = false;

  constructor(fields: ProxyFields, budget: Budget, log: ProxyLog) {
    this.fields = fields;
    this.#budget = budget;
    this.#log = log;
  }

  get isEnabled(): boolean {
    return this.#server !== null;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#connections.size;
  }

  get toxics(): readonly Toxic[] {
    return this.#toxics;
  }

  /** Listens. Harmless when it does already. The port of `fields.listen` is the real one afterwards.
   *  @throws ProxyError 500 when the address cannot be listened on. */
  async start(): Promise<void> {
    if (this.#server) return;
    const { name, listen, upstream } = this.fields;
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      const number = this.accepted;
      this.accepted += 1;
      const connection = new Connection({
        client,
        upstream: this.fields.upstream,
        toxics: this.#toxics,
        seed: this.fields.seed,
        number,
        budget: this.#budget,
        onClosed: (closed) => this.#forget(closed),
        onRefused: (error) =>
          this.#log(`${name}: ${formatAddress(upstream)} is not reached: ${error.message}`),
      });
      this.#connections.add(connection);
    });
    server.maxConnections = connectionsMax;
    await listenOn(server, listen, name);
    if (this.#isClosed) {
      server.close();
      throw new ProxyError(404, 'proxy not found');
    }
    const bound = server.address();
    if (bound && typeof bound === 'object')
      this.fields = { ...this.fields, listen: { ...listen, port: bound.port } };
    this.accepted = 0;
    this.#server = server;
    this.#log(`${name}: ${formatAddress(this.fields.listen)} leads to ${formatAddress(upstream)}`);
  }

  /** Takes it down: nobody listens, and every connection is closed. Harmless when it is down. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = null;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const connection of this.#connections) connection.close();
    await closed;
    if (this.#connections.size > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    this.#log(`${this.fields.name}: down`);
  }

  /** @throws ProxyError 409 for a name that is taken, 400 for too many. */
  addToxic(fields: ToxicFields): Toxic {
    if (this.findToxic(fields.name)) throw new ProxyError(409, 'toxic already exists');
    if (this.#toxics.length >= toxicsMax)
      throw new ProxyError(400, `a proxy has ${toxicsMax} toxics at the most`);
    const toxic = new Toxic(fields, (expired) => {
      this.#log(`${this.fields.name}: the time of ${expired.fields.name} is over`);
      this.#drop(expired);
    });
    this.#toxics.push(toxic);
    this.#log(`${this.fields.name}: ${fields.name} ${JSON.stringify(fields.attributes)} added`);
    this.refresh();
    return toxic;
  }

  findToxic(name: string): Toxic | undefined {
    return this.#toxics.find((toxic) => toxic.fields.name === name);
  }

  /** Lets go of a toxic, and of what it held back. */
  removeToxic(toxic: Toxic): void {
    this.#log(`${this.fields.name}: ${toxic.fields.name} removed`);
    this.#drop(toxic);
  }

  /** Tells the open connections that toxics have changed. */
  refresh(): void {
    for (const connection of this.#connections) connection.setToxics(this.#toxics);
  }

  /** Takes it down for good. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const toxic of this.#toxics) toxic.close();
    await this.stop();
  }

  #drop(toxic: Toxic): void {
    toxic.close();
    const index = this.#toxics.indexOf(toxic);
    if (index < 0) return;
    this.#toxics.splice(index, 1);
    this.refresh();
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    this.#onIdle?.();
    this.#onIdle = null;
  }
}

function listenOn(server: Server, { host, port }: Address, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException) => {
      const where = formatAddress({ host, port });
      const why = cause.code === 'EADDRINUSE' ? 'the port is taken' : cause.message;
      reject(new ProxyError(500, `proxy ${name} cannot listen on ${where}: ${why}`, { cause }));
    };
    server.once('error', fail);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', fail);
      // An accept that fails, such as for want of descriptors, concerns that connection alone.
      server.on('error', () => {});
      resolve();
    });
  });
}
