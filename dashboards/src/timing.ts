import { DashboardsError } from './errors.js';

/** How fast the rules look, and for how long they wait. All values are whole seconds. */
export interface Timing {
  /** Time between two scrapes of one target. */
  readonly scrapeSeconds: number;
  /** Time between two evaluations of a rule group. */
  readonly groupSeconds: number;
  /** Range over which rates and maxima of alerts are taken; several scrapes, so that one lost scrape is no gap. */
  readonly windowSeconds: number;
  /** Age below which a process does not alert: loading modules blocks the loop, and that block must also have
   *  left the window. */
  readonly warmUpSeconds: number;
  /** `for` of alerts: two scrapes at least, so that no single reading fires. */
  readonly holdSeconds: number;
  /** `keep_firing_for` of alerts: bridges the quiet time between two bursts. */
  readonly keepFiringSeconds: number;
}

/** For services. */
export const productionTiming: Timing = {
  scrapeSeconds: 15,
  groupSeconds: 15,
  windowSeconds: 60,
  warmUpSeconds: 120,
  holdSeconds: 30,
  keepFiringSeconds: 300,
};

/** For drills, which scrape every second and have no minutes to wait. The thresholds stay the same. */
export const drillTiming: Timing = {
  scrapeSeconds: 1,
  groupSeconds: 1,
  windowSeconds: 15,
  warmUpSeconds: 20,
  holdSeconds: 3,
  keepFiringSeconds: 5,
};

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Reads a duration as Prometheus writes it, such as `15s` or `1h30m`. Unit: seconds; null when it is none. */
export function parseDuration(text: string): number | null {
  if (!/^(\d+[smhd])+$/.test(text)) return null;
  return [...text.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ''] ?? 0),
    0,
  );
}

/** A duration as Prometheus writes it: `15s`, `2m`, `1h`. Expects whole seconds above 0. */
export function formatDuration(seconds: number): string {
  if (!Number.isInteger(seconds) || seconds <= 0) {
    throw new DashboardsError(
      'DASHBOARDS_BAD_DURATION',
      `A duration must be a whole number of seconds above 0, got ${seconds}.`,
    );
  }
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  if (seconds % 60 === 0) return `${seconds / 60}m`;
  return `${seconds}s`;
}
