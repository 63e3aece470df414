import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentClient } from './clients/agent.js';
import { DrillError } from './errors.js';
import type { Activity } from './experiment.js';
import { type ActivityContext, runActivity } from './run-activity.js';

/** Unit: ms. */
const everyMs = 1000;
/** Unit: ms. Silence of the agent for this long is a loss of contact. */
const contactLostMs = 10_000;
/** A probe outside the blast radius that fails so many times in a row ends the drill. */
const failuresInARow = 3;

/** What ends a drill at once. */
export interface GuardOptions {
  readonly agent: AgentClient;
  /** A file that anybody may create to stop every drill; null when none is named. */
  readonly safetyLever: string | null;
  readonly stopConditions: readonly Activity[];
  readonly activities: ActivityContext;
  /** Called once, with the reason. */
  onStop(reason: DrillError): void;
}

/** Watches the stop conditions until it is closed. */
export interface Guard {
  close(): Promise<void>;
}

/** Starts to watch: the safety lever, the contact with the agent, and what lies outside the blast radius. */
export function startGuard(options: GuardOptions): Guard {
  const closing = new AbortController();
  const { signal } = closing;
  const failures = new Map<string, number>();
  let contactAt = performance.now();

  async function findReason(): Promise<string | null> {
    const { safetyLever, agent, stopConditions, activities } = options;
    if (safetyLever !== null && existsSync(safetyLever)) return `the safety lever ${safetyLever} was pulled`;
    try {
      await agent.contact(signal);
      contactAt = performance.now();
    } catch (thrown) {
      if (performance.now() - contactAt > contactLostMs) {
        const why = thrown instanceof Error ? thrown.message : thrown;
        return `contact with the agent was lost for ${contactLostMs / 1000} s: ${why}`;
      }
    }
    for (const probe of stopConditions) {
      const { good, because } = await runActivity(probe, { ...activities, signal });
      const inARow = good ? 0 : (failures.get(probe.name) ?? 0) + 1;
      failures.set(probe.name, inARow);
      if (inARow >= failuresInARow) return `outside the blast radius, "${probe.name}" failed: ${because}`;
    }
    return null;
  }

  async function watch(): Promise<void> {
    while (!signal.aborted) {
      const reason = await findReason();
      if (reason !== null && !signal.aborted) {
        options.onStop(new DrillError('stopped', `stop condition: ${reason}`));
        return;
      }
      await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  }

  const watching = watch();
  return {
    async close() {
      closing.abort();
      await watching;
    },
  };
}
