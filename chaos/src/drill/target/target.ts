/** Newest summary of the load, as far as drills look at it. */
export interface LoadState {
  readonly sent: number;
  readonly completed: number;
  readonly errors: number;
}

/** Where the parts of the service under drill are. No slash at the end; null for what it does not have. */
export interface TargetAddresses {
  readonly app: string;
  /** The agent's HTTP server. */
  readonly faultline: string;
  readonly chaos: string | null;
  readonly pricing: string | null;
}

/** Secrets of the target. They never reach a journal, a report or the terminal. */
export interface TargetTokens {
  readonly admin: string | null;
  readonly chaos: string | null;
  readonly faultline: string | null;
}

/** The service that a drill breaks. */
export interface Target {
  /** What identifies it, for the lock. */
  readonly name: string;
  readonly addresses: TargetAddresses;
  readonly tokens: TargetTokens;
  /** Null where the load is somebody else's. */
  load(): LoadState | null;
  /** Calls the listener when the target has gone without being asked to. */
  onLost(listener: (reason: string) => void): void;
  /** Stops what the drill has started. Answers what was left behind, or null. */
  close(): Promise<string | null>;
}

/** Environment variables that drill files and runbook steps know the target by. */
export function targetEnvironment({ addresses, tokens }: Target): Record<string, string> {
  const known = {
    APP_URL: addresses.app,
    FAULTLINE_URL: addresses.faultline,
    FAULTLINE_CHAOS_URL: addresses.chaos,
    PRICING_URL: addresses.pricing,
    ADMIN_TOKEN: tokens.admin,
    FAULTLINE_CHAOS_TOKEN: tokens.chaos,
    FAULTLINE_TOKEN: tokens.faultline,
  };
  return Object.fromEntries(
    Object.entries(known).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
