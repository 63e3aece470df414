import { parseDuration } from '../timing.js';
import type { Check } from './finding.js';

/** Prometheus forgets a series five minutes after its last sample. */
const lookbackSeconds = 300;

/** Groups are evaluated every five minutes or more often: rarer results would be gaps. */
export const groupInterval: Check = ({ rules }) =>
  rules.flatMap(({ path, file }) =>
    file.groups
      .filter(({ interval }) => (parseDuration(interval) ?? Number.POSITIVE_INFINITY) > lookbackSeconds)
      .map(({ name, interval }) => ({
        where: `${path}: group ${name}`,
        message: `interval must be at most 5m, got ${interval}`,
      })),
  );
