import { arch, platform, release } from 'node:os';
import type { Experiment, Json } from '../experiment.js';
import type { DrillRecord } from '../record.js';
import type { DrillResult } from '../result.js';
import { isoWithOffset, type Journal } from './journal.js';

/** Makes the journal of a drill that has ended. */
export function buildJournal(
  experiment: Experiment,
  record: DrillRecord,
  result: DrillResult,
  commit: string | null,
): Journal {
  const endMs = Date.now();
  return {
    'chaoslib-version': 'faultline 0.1.0',
    platform: `${platform()}-${release()}-${arch()}`,
    node: process.version,
    experiment: experiment.document,
    start: isoWithOffset(record.startMs),
    end: isoWithOffset(endMs),
    duration: (endMs - record.startMs) / 1000,
    status: result.status,
    deviated: record.after?.steady_state_met === false,
    steady_states: { before: record.before, after: record.after, during: record.during },
    run: record.run,
    rollbacks: record.rollbacks,
    faultline: toJson({
      commit,
      result,
      phases: record.phases.map(({ name, startMs, endMs: phaseEndMs, passed }) => ({
        name,
        start: isoWithOffset(startMs),
        end: isoWithOffset(phaseEndMs),
        duration: (phaseEndMs - startMs) / 1000,
        passed,
      })),
      steps: record.steps,
      lease: record.lease,
      hits: record.hitsAtMs.map(isoWithOffset),
    }),
  };
}

function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}
