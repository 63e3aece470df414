import type { Finding } from '../protocol/finding.js';
import type { BusyWindow, Survey } from '../protocol/saturation.js';
import type { Snapshot } from '../protocol/snapshot.js';
import {
  detectEventLoopSaturated,
  isSaturated,
  ruleOutSaturated,
  saturationRule,
} from './diagnosis/event-loop-saturated.js';
import { isForTheClockOnly } from './starvation.js';
import { type SurveyWorld, takeSurvey } from './watchdog/survey.js';

const windowsKept = 60;
/** While the loop stays saturated, it is looked at again after this time. */
const surveyAgainMs = 10_000;
/** Follows how busy the loop is, and looks at its stacks when it is too busy. */
export interface Saturation {
  /** News of stalled time, as it passes. Unit: ms. */
  addStalled(deltaMs: number): void;
  /** A new window, with the share of it that the main thread waited for a CPU. Returns what can be said now, and the
   *  stacks that it rests on. */
  judge(
    snapshot: Snapshot,
    waitedRatio: number | null,
  ): { readonly finding: Finding; readonly survey: Survey } | null;
  /** Adds to the verdict about collections why the loop, busy as it is, is not an incident of its own. */
  ruleOutIn(finding: Finding): Finding;
  /** The incident is over: what comes next starts anew. */
  forget(): void;
}

/** `mayLook` says whether stacks may be taken just now. */
export function createSaturation(world: SurveyWorld, mayLook: () => boolean): Saturation {
  let windows: BusyWindow[] = [];
  let stalledMs = 0;
  let survey: Survey | null = null;
  let isLooking = false;
  let occurrence = 0;

  const look = (): void => {
    isLooking = true;
    void takeSurvey(world).then((taken) => {
      isLooking = false;
      survey = taken;
      occurrence += 1;
    });
  };

  return {
    addStalled(deltaMs) {
      stalledMs += deltaMs;
    },
    judge({ utilization, gc }, waitedRatio) {
      const ratio = isForTheClockOnly(waitedRatio) ? null : (utilization?.ratio ?? null);
      windows = [...windows, { utilization: ratio, stalledMs, collectedMs: gc?.windowMs ?? 0 }].slice(
        -windowsKept,
      );
      stalledMs = 0;
      if (isSaturated(windows, saturationRule) !== true) return null;
      const isDue = survey === null || world.now() - survey.startedMs >= surveyAgainMs;
      if (isDue && !isLooking && mayLook()) look();
      if (survey === null) return null;
      const finding = detectEventLoopSaturated(windows, survey, occurrence, saturationRule);
      return typeof finding === 'string' ? null : { finding, survey };
    },
    ruleOutIn(finding) {
      const ruledOut = finding.kind === 'gc-pressure' ? ruleOutSaturated(windows, saturationRule) : null;
      return ruledOut === null ? finding : { ...finding, ruledOut: [...finding.ruledOut, ruledOut] };
    },
    forget() {
      survey = null;
      occurrence = 0;
    },
  };
}
