import { maxOf, quantileOf, rateOf, ratioOf } from '../promql/series.js';
import type { Panel } from './panel.js';

const name = 'target';
const whenEmpty = 'Nothing has been asked of others';

export const dependencyTimes: Panel = {
  title: 'Answers of dependencies, p95',
  unit: 's',
  description:
    'Time until the answer began, without the time that the own event loop was late. Beyond the limit, which follows what is usual for each target, it counts as slow.',
  incident: 'dependency-slow',
  series: [
    quantileOf('dependencyDuration', 0.95, { by: [name] }),
    maxOf('dependencyLimit', { as: 'slow from', by: [name] }),
  ],
  whenEmpty,
};

export const dependencyErrors: Panel = {
  title: 'Failed calls to dependencies',
  unit: 'ops',
  description: 'Calls a second that were refused, reset, timed out or answered with an error of the server.',
  incident: 'dependency-failing',
  series: [rateOf('dependencyErrors', { by: [name, 'error_type'] })],
  whenEmpty,
};

export const dependencyInFlight: Panel = {
  title: 'Calls to dependencies in flight',
  unit: 'short',
  description:
    'Calls that wait for their answer. A number that only grows is a dependency that accepts and never answers.',
  series: [maxOf('dependencyInFlight', { by: [name] })],
  whenEmpty,
};

export const dependencyFailures: Panel = {
  title: 'Share of failed calls to dependencies',
  unit: 'percentunit',
  description:
    'Beyond the limit, which follows what is usual for each target, it counts as failing. A blocked loop makes calls time out, too: the verdict tells.',
  incident: 'dependency-failing',
  series: [
    ratioOf('dependencyErrors', 'dependencyCalls', { by: [name], shared: [name] }),
    maxOf('dependencyFailingLimit', { as: 'failing from', by: [name] }),
  ],
  whenEmpty,
};

export const callsPerRequest: Panel = {
  title: 'Calls to dependencies for each request received',
  unit: 'short',
  description:
    'Outbound calls by inbound requests. A multiple of the usual while calls fail are retries, or a cache that no longer fills.',
  incident: 'retry-storm',
  series: [
    ratioOf('dependencyCalls', 'inboundRequests', { by: [name] }),
    maxOf('dependencyStormLimit', { as: 'storm from', by: [name] }),
  ],
  whenEmpty,
};
