import { Resolver } from 'node:dns';
import http, { type ClientRequestArgs } from 'node:http';
import { connect, type LookupFunction, type Socket } from 'node:net';
import { openSlowResolver } from '@faultline/chaos';
import { type AskThroughOptions, askThrough } from './ask-through.js';
import type { PriceAsker, PricingClient } from './client.js';

/** How the service is called where addresses change often. */
const name = 'pricing.internal';

/** An agent that opens a connection for each call, and asks for the address of the service each time. */
class UncachedNameAgent extends http.Agent {
  readonly #lookup: LookupFunction;

  constructor(lookup: LookupFunction) {
    super({ keepAlive: false });
    this.#lookup = lookup;
  }

  override createConnection({ port }: ClientRequestArgs): Socket {
    return connect({ host: name, port: Number(port), lookup: this.#lookup });
  }
}

/** The bad twin: no connection is kept, so that an address that changes is noticed at once, and no answer of the server of
 *  names is kept either. */
export function createUncachedNamePricing(
  good: PricingClient,
  options: AskThroughOptions & { readonly delayMs: number },
): PriceAsker & { close(): void } {
  const names = openSlowResolver(options.delayMs);
  const resolver = names.port.then((port) => {
    const opened = new Resolver();
    opened.setServers([`127.0.0.1:${port}`]);
    return opened;
  });
  const agent = resolver.then((opened) => new UncachedNameAgent(lookupBy(opened)));
  return {
    ...askThrough(agent, good, options),
    close() {
      names.close();
      // A look-up without an answer would be tried again for seconds.
      resolver.then((opened) => opened.cancel()).catch(() => {});
    },
  };
}

/** What net.connect() asks for an address, answered by a server of names of one's own. */
function lookupBy(resolver: Resolver): LookupFunction {
  return (host, { all }, callback) => {
    resolver.resolve4(host, (error, addresses) => {
      const [first = ''] = addresses ?? [];
      if (error !== null || all !== true) callback(error, first, 4);
      else
        callback(
          null,
          addresses.map((address) => ({ address, family: 4 })),
        );
    });
  };
}
