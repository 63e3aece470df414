import type { DependencyWindow } from '../../protocol/dependency.js';
import type { Finding } from '../../protocol/finding.js';
import { newestThat, tallyCalls } from './dependency-calls.js';

/** When repeated calls are an incident. */
export interface RetryStormRule {
  /** So many windows must have too many calls: a batch that starts is no storm. */
  readonly windows: number;
  /** So far back is looked for enough calls. */
  readonly windowsMost: number;
  /** Fewer calls are no storm for anybody. */
  readonly calls: number;
  /** Fewer requests have no ratio. */
  readonly requests: number;
  /** So many times the usual calls for each request. A cache that no longer fills doubles them easily. */
  readonly factor: number;
}

export const retryStormRule: RetryStormRule = {
  windows: 3,
  windowsMost: 10,
  calls: 20,
  requests: 5,
  factor: 3,
};

/** Calls to a target for each request that the own process received. */
export interface CallsPerRequest {
  readonly calls: number;
  readonly requests: number;
  /** Null without a request, and where nobody counts them. */
  readonly ratio: number | null;
}

export function callsPerRequest(windows: readonly DependencyWindow[]): CallsPerRequest {
  const calls = windows.reduce((sum, { begun }) => sum + begun, 0);
  const requests = windows.reduce((sum, { inbound }) => sum + (inbound ?? 0), 0);
  return { calls, requests, ratio: requests === 0 ? null : calls / requests };
}

/** Calls for each request beyond which they may be a storm. Null while the usual number is not known, or where it is 0,
 *  which nothing can be a multiple of. */
export const stormLimit = (usualRatio: number | null, { factor }: RetryStormRule): number | null =>
  usualRatio === null || usualRatio === 0 ? null : usualRatio * factor;

/** Whether a target is asked several times as often as usual while it fails. `failedLimit` is the share of failed calls
 *  beyond which it does. Windows oldest first. */
export function detectRetryStorm(
  target: string,
  windows: readonly DependencyWindow[],
  usualRatio: number | null,
  failedLimit: number | null,
  rule: RetryStormRule,
): Finding | 'quiet' | 'unknown' {
  const limit = stormLimit(usualRatio, rule);
  const recent = newestThat(windows, { least: rule.windows, most: rule.windowsMost }, (some) => {
    const { calls, requests } = callsPerRequest(some);
    return calls >= rule.calls && requests >= rule.requests;
  });
  if (limit === null || failedLimit === null || recent === null) return 'unknown';
  const { calls, requests, ratio } = callsPerRequest(recent);
  const tally = tallyCalls(recent);
  if (tally.ended === 0) return 'unknown';
  const failedShare = tally.failed / tally.ended;
  const stormyWindows = recent.filter(({ begun, inbound }) => begun > limit * (inbound ?? 0)).length;
  if (ratio! <= limit || stormyWindows < rule.windows || failedShare <= failedLimit) return 'quiet';
  const multiple = ratio! / usualRatio!;
  return {
    kind: 'retry-storm',
    key: target,
    occurrences: 1,
    severity: 'warning',
    title: `${target} is asked ${multiple.toFixed(1)} times as often as usual while ${Math.round(failedShare * 100)} % of its calls fail`,
    cause: 'retries',
    confidence: round(failedShare * (1 - 1 / multiple)),
    target,
    culprit: null,
    request: null,
    measurements: {
      calls,
      requests,
      callsPerRequest: round(ratio!),
      usualCallsPerRequest: round(usualRatio!),
      multiple: round(multiple),
      failedRatio: round(failedShare),
    },
    ruledOut: [
      {
        kind: 'event-loop-stall',
        because: `the own loop was disturbed in ${tally.disturbedWindows} of ${recent.length} s, and ${tally.ownFailed} calls that may have failed by that are left out`,
      },
    ],
  };
}

const round = (value: number): number => Number(value.toFixed(3));
