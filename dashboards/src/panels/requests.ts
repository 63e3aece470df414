import { maxOf, quantileOf, rateOf, ratioOf } from '../promql/series.js';
import type { Panel } from './panel.js';

const by = ['route'];
const whenEmpty = 'No request has been served';

export const requestRate: Panel = {
  title: 'Requests by route',
  unit: 'ops',
  description:
    'Requests a second whose response was sent. Those that no router matched are one route, "unmatched"; routes beyond the bound are "other".',
  series: [rateOf('httpRequestDuration', { by })],
  whenEmpty,
};

export const requestErrors: Panel = {
  title: 'Share of failed requests by route',
  unit: 'percentunit',
  description:
    'Answers with a status of 500 or above, and requests whose connection closed before the response was sent: clients that give up are the first sign of a slow route.',
  series: [
    ratioOf('httpRequestDuration', 'httpRequestDuration', {
      as: '5xx',
      by,
      shared: by,
      where: { status_code: /5../ },
    }),
    ratioOf('httpRequestDuration', 'httpRequestDuration', {
      as: 'aborted',
      by,
      shared: by,
      where: { status_code: 'aborted' },
    }),
  ],
  whenEmpty: 'No request has failed',
};

export const requestTimes: Panel = {
  title: 'Duration of requests by route, p99',
  unit: 's',
  description:
    'From the head of a request until its response was sent. One slow route is a dependency or a query of it; all of them at once are the event loop.',
  series: [quantileOf('httpRequestDuration', 0.99, { by })],
  whenEmpty,
};

export const requestsInFlight: Panel = {
  title: 'Requests in flight',
  unit: 'short',
  description:
    'Requests whose response is not sent yet. A number that only grows means that requests wait for something: `faultline requests` lists the oldest with their routes.',
  series: [maxOf('httpRequestsInFlight')],
  whenEmpty: 'The agent is not told of requests',
};
