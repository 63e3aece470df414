import type { Incident } from '@faultline/agent';
import type { FaultState } from './fake-fault.js';
import type { FakePlan } from './fake-plan.js';

/** Unit: ms. */
const quietMs = 400;

/** An agent that knows what the fault does and reports as the plan wants it. */
export interface FakeAgent {
  incidents(): readonly Incident[];
  /** Opens and resolves. */
  tick(): void;
}

export function createFakeAgent(plan: FakePlan, fault: FaultState): FakeAgent {
  const incidents: Incident[] = [];
  if (plan.openFromStart) incidents.push(incident('before', plan, Date.now()));
  return {
    incidents: () => incidents,
    tick() {
      const index = incidents.findIndex((one) => one.id === 'fault');
      const open = incidents[index];
      const { lastHitAt } = fault;
      if (!open && lastHitAt !== null && !plan.noIncident) {
        incidents.push(incident('fault', plan, Date.now()));
        if (plan.unexpected) {
          incidents.push({ ...incident('other', plan, Date.now()), title: 'Something else entirely' });
        }
      }
      if (open?.status === 'open' && lastHitAt !== null && Date.now() - lastHitAt > quietMs) {
        incidents[index] = { ...open, status: 'resolved', resolvedAt: new Date().toISOString() };
      }
    },
  };
}

function incident(id: string, { cause, line }: FakePlan, openedAtMs: number): Incident {
  const openedAt = new Date(openedAtMs).toISOString();
  return {
    id,
    kind: 'event-loop-stall',
    status: 'open',
    severity: 'warning',
    openedAt,
    updatedAt: openedAt,
    resolvedAt: null,
    occurrences: 1,
    title: `Event loop blocked 120 ms in buildReport (src/report.ts:${line})`,
    cause,
    confidence: 0.9,
    culprit: {
      type: 'code',
      function: 'buildReport',
      file: 'src/report.ts',
      line,
      column: 3,
      share: 1,
      samples: 3,
      stack: [`buildReport (src/report.ts:${line}:3)`],
    },
    request: {
      route: 'GET /report',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
    },
    measurements: { blockedMs: 120 },
    ruledOut: [],
    evidence: [],
    runbook: 'https://example.org/runbooks/event-loop-stall.md',
  };
}
