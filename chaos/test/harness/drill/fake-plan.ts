/** How the fake demo misbehaves; without anything it does everything right. */
export interface FakePlan {
  /** File that takes one line for each thing that happened; null for none. */
  readonly log: string | null;
  /** Cause of the incident that the fault opens. */
  readonly cause: string;
  /** Line that it blames. */
  readonly line: number;
  readonly noIncident: boolean;
  /** Opens a second incident of another kind. */
  readonly unexpected: boolean;
  /** An incident is open before anything is broken. */
  readonly openFromStart: boolean;
  readonly mitigationFails: boolean;
  readonly pricingFails: boolean;
  readonly unsteady: boolean;
  readonly startFails: boolean;
  /** 0 for never. */
  readonly diesAfterMs: number;
}

const soundPlan: FakePlan = {
  log: null,
  cause: 'javascript',
  line: 2,
  noIncident: false,
  unexpected: false,
  openFromStart: false,
  mitigationFails: false,
  pricingFails: false,
  unsteady: false,
  startFails: false,
  diesAfterMs: 0,
};

export function readPlan(text: string | undefined): FakePlan {
  return { ...soundPlan, ...Object(JSON.parse(text ?? '{}')) };
}
