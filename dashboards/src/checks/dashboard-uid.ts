import type { Check } from './finding.js';

/** Grafana's limit for the length of a uid. */
const longestUid = 40;

/** Every dashboard has its own uid of letters, digits, `-` and `_`, 40 characters at the most. */
export const dashboardUid: Check = ({ dashboards }) =>
  dashboards
    .filter(({ dashboard: { uid = '' } }) => {
      const own = dashboards.filter((other) => other.dashboard.uid === uid).length === 1;
      return !own || uid.length > longestUid || !/^[\w-]+$/.test(uid);
    })
    .map(({ path, dashboard: { uid } }) => ({
      where: path,
      message: `uid must be its own, of letters, digits, - and _, and at most ${longestUid} long, got "${uid}"`,
    }));
