import { formatAddress } from './address.js';
import { createBudget } from './budget.js';
import { badRequest, messageAndStatus, ProxyError } from './errors.js';
import { type ProxyLog, TcpProxy } from './proxy.js';
import { type ProxyRules, readProxy, readProxyChange, type WantedProxy } from './proxy-fields.js';

/** Proxies of one server. */
const proxiesMax = 256;

/** What /populate has done: the proxies up to the first that failed, and why that one did. */
export interface Populated {
  readonly proxies: readonly TcpProxy[];
  readonly failure: ProxyError | null;
}

/** All proxies. Its methods that wait must be called one after the other. */
export class ProxyCollection {
  readonly #rules: ProxyRules;
  readonly #log: ProxyLog;
  readonly #budget = createBudget();
  readonly #proxies = new Map<string, TcpProxy>();
  #isClosed = false;

  constructor(rules: ProxyRules, log: ProxyLog) {
    this.#rules = rules;
    this.#log = log;
  }

  all(): readonly TcpProxy[] {
    return [...this.#proxies.values()];
  }

  /** @throws ProxyError 404. */
  get(name: string): TcpProxy {
    const proxy = this.#proxies.get(name);
    if (!proxy) throw new ProxyError(404, 'proxy not found');
    return proxy;
  }

  /** @throws ProxyError 400, 403, 409 when the name is taken, 500 when it cannot listen. */
  async create(body: unknown): Promise<TcpProxy> {
    const wanted = readProxy(body, this.#rules);
    if (this.#proxies.has(wanted.name)) throw new ProxyError(409, 'proxy already exists');
    return this.#add(wanted);
  }

  /** Creates proxies, or replaces those whose addresses differ; one that is the same stays as it is, with its toxics.
   *  Nothing is touched unless every one of them is well-formed. */
  async populate(body: unknown): Promise<Populated> {
    const proxies: TcpProxy[] = [];
    try {
      if (!Array.isArray(body)) throw badRequest('a list of proxies is expected');
      const wanted = body.map((one, index) => readProxy(one, this.#rules, ` at proxy ${index + 1}`));
      for (const one of wanted) {
        const current = this.#proxies.get(one.name);
        if (current && hasSameAddresses(current, one)) {
          if (one.isEnabled) await current.start();
          else await current.stop();
          proxies.push(current);
          continue;
        }
        if (current) await this.remove(one.name);
        proxies.push(await this.#add(one));
      }
      return { proxies, failure: null };
    } catch (thrown) {
      return { proxies, failure: messageAndStatus(thrown) };
    }
  }

  /** Changes a proxy. Another address restarts it and closes its connections; if it cannot listen there, it goes back
   *  to where it was.
   *  @throws ProxyError 400, 403, 404, 500. */
  async update(name: string, body: unknown): Promise<TcpProxy> {
    const proxy = this.get(name);
    const { isEnabled, ...fields } = readProxyChange(body, proxy, this.#rules);
    const before = proxy.fields;
    const wasEnabled = proxy.isEnabled;
    if (fields.seed !== before.seed) proxy.accepted = 0;
    if (!isEnabled || !hasSameAddresses(proxy, fields)) await proxy.stop();
    proxy.fields = fields;
    try {
      if (isEnabled) await proxy.start();
    } catch (thrown) {
      proxy.fields = before;
      if (wasEnabled) await proxy.start();
      throw thrown;
    }
    return proxy;
  }

  /** @throws ProxyError 404. */
  async remove(name: string): Promise<void> {
    const proxy = this.get(name);
    this.#proxies.delete(name);
    await proxy.close();
  }

  /** Brings every proxy up and removes every toxic.
   *  @throws ProxyError 500 when one cannot listen. */
  async reset(): Promise<void> {
    for (const proxy of this.all()) {
      for (const toxic of [...proxy.toxics]) proxy.removeToxic(toxic);
      await proxy.start();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.all().map((proxy) => this.remove(proxy.fields.name)));
  }

  async #add({ isEnabled, ...fields }: WantedProxy): Promise<TcpProxy> {
    if (this.#proxies.size >= proxiesMax)
      throw new ProxyError(400, `there are ${proxiesMax} proxies at the most`);
    const proxy = new TcpProxy(fields, this.#budget, this.#log);
    if (isEnabled) await proxy.start();
    if (this.#isClosed) {
      await proxy.close();
      throw new ProxyError(500, 'the proxy is being closed');
    }
    this.#proxies.set(fields.name, proxy);
    return proxy;
  }
}

function hasSameAddresses(
  { fields }: TcpProxy,
  { listen, upstream }: Pick<WantedProxy, 'listen' | 'upstream'>,
): boolean {
  return (
    formatAddress(fields.listen) === formatAddress(listen) &&
    formatAddress(fields.upstream) === formatAddress(upstream)
  );
}
