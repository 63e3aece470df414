import type { LoadSummary } from '../load/statistics.js';

/** Where the parts of a running demo are. URLs without a slash at the end; null for a part that is switched off. */
export interface DemoAddresses {
  /** The product catalog API. */
  readonly app: string;
  /** The agent's sidecar: /metrics, /incidents, and the console at /. */
  readonly faultline: string | null;
  /** As the API sees it: the proxy in front of it if there is one. */
  readonly pricing: string;
  /** API of that proxy. */
  readonly pricingProxy: string | null;
  /** The chaos controls, such as /faults below it. */
  readonly chaos: string | null;
}

/** Everything that one needs to use a running demo. */
export interface DemoReady {
  readonly type: 'ready';
  readonly addresses: DemoAddresses;
  readonly tokens: { readonly admin: string; readonly chaos: string | null };
  /** `postgres` is null when DATABASE_URL names a server of somebody else's. */
  readonly pids: {
    readonly app: number;
    readonly pricing: number;
    readonly proxy: number | null;
    readonly load: number | null;
    readonly postgres: number | null;
  };
  readonly databaseUrl: string;
}

/** What the demo tells a process that has forked it: once `ready` or `failed`, then one `load` a second. */
export type DemoMessage = DemoReady | LoadSummary | { readonly type: 'failed'; readonly message: string };
