import type { Incident } from '@faultline/agent';
import type { EndedLease, Lease } from '../lease/lease.js';
import type { ActivityRun, SteadyState } from './journal/journal.js';

/** One part of a drill. Times in ms since the epoch. */
export interface PhaseRecord {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly passed: boolean;
}

/** One run of a runbook step. */
export interface StepRecord {
  readonly name: string;
  readonly section: string;
  /** Where it ran: on the fault, on the healthy service, or to take a mitigation back. */
  readonly on: 'fault' | 'control' | 'undo';
  readonly passed: boolean | null;
  /** Why it was not run; null when it was. */
  readonly skipped: string | null;
  readonly because: string;
  readonly output: string;
}

/** How long things took. Unit: ms; null for what was not seen. */
export interface Timings {
  /** From the harm that opened the incident to the incident's opening. */
  faultToIncidentMs: number | null;
  /** From the same harm to the first answer over HTTP that held the incident. */
  faultToVisibleMs: number | null;
  /** From the first harm to the alert's firing. */
  faultToAlertMs: number | null;
  /** From the end of the mitigation to the resolution of the incident. */
  mitigationToRecoveryMs: number | null;
  /** From the end of the mitigation to the end of the alert. */
  mitigationToAlertResolvedMs: number | null;
}

/** Everything that a drill has seen so far. Phases write into it; result, journal and report are made from it. */
export interface DrillRecord {
  readonly startMs: number;
  /** One sentence each, in the order in which they happened. */
  readonly failures: string[];
  /** Remarks that are no failures. */
  readonly notes: string[];
  readonly phases: PhaseRecord[];
  readonly steps: StepRecord[];
  readonly timings: Timings;
  readonly run: ActivityRun[];
  readonly rollbacks: ActivityRun[];
  before: SteadyState | null;
  after: SteadyState | null;
  readonly during: SteadyState[];
  /** The lease as it was last seen. */
  lease: Lease | EndedLease | null;
  /** Times in ms since the epoch at which the fault was seen to do harm. */
  readonly hitsAtMs: number[];
  incident: Incident | null;
  /** Times in ms since the epoch at which incidents could first be read over HTTP, by id. */
  readonly visibleAtMs: Map<string, number>;
  /** Incidents that nobody expected, by id. */
  readonly unexpectedIncidents: Map<string, Incident>;
  readonly unexpectedAlerts: Set<string>;
  readonly firedAlerts: Set<string>;
}

/** A record of nothing yet. */
export function createRecord(startMs: number): DrillRecord {
  return {
    startMs,
    failures: [],
    notes: [],
    phases: [],
    steps: [],
    timings: {
      faultToIncidentMs: null,
      faultToVisibleMs: null,
      faultToAlertMs: null,
      mitigationToRecoveryMs: null,
      mitigationToAlertResolvedMs: null,
    },
    run: [],
    rollbacks: [],
    before: null,
    after: null,
    during: [],
    lease: null,
    hitsAtMs: [],
    incident: null,
    visibleAtMs: new Map(),
    unexpectedIncidents: new Map(),
    unexpectedAlerts: new Set(),
    firedAlerts: new Set(),
  };
}
