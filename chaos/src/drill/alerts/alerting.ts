/** An alert that has fired at least once during the drill. */
export interface SeenAlert {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Unit: ms since the epoch, of its first firing as Alertmanager tells it, or as it was first seen. */
  readonly firedAtMs: number;
  /** True while it fires. */
  readonly firing: boolean;
  /** Whether it has reached Alertmanager. */
  readonly notified: boolean;
}

/** A Prometheus and an Alertmanager that watch the target. */
export interface Alerting {
  readonly prometheusUrl: string;
  /** Every alert that has fired since the start. */
  seen(): readonly SeenAlert[];
  /** Runs a query; one line a series. */
  query(promql: string, signal: AbortSignal): Promise<string>;
  /** Whether the target has been scraped. */
  isScraping(signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

/** Alerting, or the reason why there is none. */
export type MaybeAlerting = Alerting | { readonly skipped: string };
