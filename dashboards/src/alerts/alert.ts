import type { IncidentKind, Severity } from '@faultline/agent/catalog';
import type { Timing } from '../timing.js';

/** One Prometheus alert of one incident kind. Its name is the catalog's. */
export interface Alert {
  readonly incident: IncidentKind;
  readonly severity: Severity;
  /** One sentence without templates, so that notifications can be grouped by it. */
  readonly summary: string;
  /** What is wrong where, with the number; a template of Prometheus. */
  readonly description: (timing: Timing) => string;
  readonly expr: (timing: Timing) => string;
}
