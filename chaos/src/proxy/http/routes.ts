import type { ProxyCollection } from '../collection.js';
import { ProxyError } from '../errors.js';
import type { TcpProxy } from '../proxy.js';
import { describeProxy } from '../proxy-fields.js';
import type { Toxic } from '../toxic.js';
import { describeToxic, readToxic, readToxicChange } from '../toxic-fields.js';

/** What a route works with. */
export interface Call {
  readonly collection: ProxyCollection;
  /** Reads the body; it is read once at the most. */
  body(): Promise<unknown>;
  /** What stands in the path. */
  readonly proxy: string;
  readonly toxic: string;
}

/** What it answers; no body for a 204. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** One row of the API. */
export interface Route {
  readonly methods: readonly string[];
  readonly pattern: RegExp;
  answer(call: Call): Promise<Answer>;
}

/** The version of Toxiproxy whose API this is; clients ask for it to learn what the server can do. */
const version = '2.12.0';

const ok = (body: unknown): Answer => ({ status: 200, body });
const noContent: Answer = { status: 204 };
const path = (end: string) => new RegExp(`^/proxies/(?<proxy>[^/]+)${end}$`);
const toxicPath = path('/toxics/(?<toxic>[^/]+)');

/** The API, as Toxiproxy documents it. */
export const routes: readonly Route[] = [
  { methods: ['GET'], pattern: /^\/version$/, answer: async () => ok({ version }) },
  {
    methods: ['GET'],
    pattern: /^\/proxies$/,
    answer: async ({ collection }) =>
      ok(Object.fromEntries(collection.all().map((proxy) => [proxy.fields.name, describeProxy(proxy)]))),
  },
  {
    methods: ['POST'],
    pattern: /^\/proxies$/,
    answer: async ({ collection, body }) => ({
      status: 201,
      body: describeProxy(await collection.create(await body())),
    }),
  },
  { methods: ['POST'], pattern: /^\/populate$/, answer: populate },
  {
    methods: ['POST'],
    pattern: /^\/reset$/,
    async answer({ collection }) {
      await collection.reset();
      return noContent;
    },
  },
  {
    methods: ['GET'],
    pattern: path(''),
    answer: async ({ collection, proxy }) => ok(describeProxy(collection.get(proxy))),
  },
  {
    methods: ['POST', 'PATCH'],
    pattern: path(''),
    answer: async ({ collection, proxy, body }) => {
      collection.get(proxy);
      return ok(describeProxy(await collection.update(proxy, await body())));
    },
  },
  {
    methods: ['DELETE'],
    pattern: path(''),
    async answer({ collection, proxy }) {
      await collection.remove(proxy);
      return noContent;
    },
  },
  {
    methods: ['GET'],
    pattern: path('/toxics'),
    answer: async ({ collection, proxy }) => ok(collection.get(proxy).toxics.map(describeToxic)),
  },
  {
    methods: ['POST'],
    pattern: path('/toxics'),
    async answer({ collection, proxy, body }) {
      const owner = collection.get(proxy);
      return ok(describeToxic(owner.addToxic(readToxic(await body()))));
    },
  },
  { methods: ['GET'], pattern: toxicPath, answer: async (call) => ok(describeToxic(find(call).toxic)) },
  { methods: ['POST', 'PATCH'], pattern: toxicPath, answer: changeToxic },
  {
    methods: ['DELETE'],
    pattern: toxicPath,
    async answer(call) {
      const { owner, toxic } = find(call);
      owner.removeToxic(toxic);
      return noContent;
    },
  },
];

async function populate({ collection, body }: Call): Promise<Answer> {
  const { proxies, failure } = await collection.populate(await body());
  const done = { proxies: proxies.map(describeProxy) };
  if (!failure) return { status: 201, body: done };
  return { status: failure.status, body: { error: failure.message, status: failure.status, ...done } };
}

async function changeToxic(call: Call): Promise<Answer> {
  const { owner, toxic } = find(call);
  toxic.update(readToxicChange(await call.body(), toxic.fields));
  owner.refresh();
  return ok(describeToxic(toxic));
}

function find({ collection, proxy, toxic: name }: Call): { readonly owner: TcpProxy; readonly toxic: Toxic } {
  const owner = collection.get(proxy);
  const toxic = owner.findToxic(name);
  if (!toxic) throw new ProxyError(404, 'toxic not found');
  return { owner, toxic };
}
