import { parseDuration } from '../timing.js';
import { alertsOf } from './emitted.js';
import type { Check } from './finding.js';

/** Alerts hold for two scrapes at least, so that no single reading fires. */
export const alertTiming: Check = (emitted) =>
  alertsOf(emitted)
    .filter(({ rule, timing }) => (parseDuration(rule.for ?? '') ?? 0) < 2 * timing.scrapeSeconds)
    .map(({ where, rule, timing }) => ({
      where,
      message: `for must be at least ${2 * timing.scrapeSeconds}s (two scrapes), got ${rule.for}`,
    }));
