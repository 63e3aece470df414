import { maxOf, quantileOf } from '../promql/series.js';
import { activeResources } from '../rules/resources.js';
import type { Panel } from './panel.js';

export const descriptors: Panel = {
  title: 'File descriptors',
  unit: 'short',
  description:
    'Open descriptors and their limit. At the limit no connection and no file can be opened. Linux only.',
  incident: 'handle-leak',
  series: [maxOf('processOpenFds', { as: 'open' }), maxOf('processMaxFds', { as: 'limit' })],
};

export const resources: Panel = {
  title: 'Active resources, by type',
  unit: 'short',
  description:
    'What keeps the event loop alive. Steady growth of one type is a leak of timers, sockets or handles.',
  incident: 'handle-leak',
  series: [maxOf(activeResources, { by: ['type'] })],
  drawnAs: 'stack',
};

export const threadpoolWait: Panel = {
  title: 'Waiting for the thread pool',
  unit: 's',
  description:
    'How long a tiny task waits for a thread of libuv, without the time that the own event loop was late. Files, host names, keys and compression wait as long. A free pool takes a task within a millisecond.',
  incident: 'threadpool-saturated',
  series: [
    quantileOf('threadpoolWait', 0.5, { as: 'p50' }),
    quantileOf('threadpoolWait', 0.99, { as: 'p99' }),
  ],
};

export const handleGrowth: Panel = {
  title: 'Handles that become more and more',
  unit: 'short',
  description:
    'How many timers, sockets, listeners or descriptors are added each second, and not taken away. Nothing is drawn while none of them grows steadily.',
  incident: 'handle-leak',
  series: [maxOf('handleGrowth', { by: ['cause'] })],
  whenEmpty: 'Nothing grows steadily',
};

export const listeners: Panel = {
  title: 'Listeners that Node has warned of',
  unit: 'short',
  description:
    'Listeners of emitters with more of them than their limit, from the warning on. A line that climbs is a listener that is added again and again and never removed.',
  incident: 'handle-leak',
  series: [maxOf('eventListeners', { by: ['emitter', 'event'] })],
  whenEmpty: 'Node has warned of none',
};

export const formerProcesses: Panel = {
  title: 'Former processes that ended without a word',
  unit: 'short',
  description:
    'What the agent found when this process started: former processes of the service that had no exit, by what ended them. `heap-limit` is an abort by V8, `container-kill` one by the kernel for memory. The value stands until the next start; the console lists each with its incident.',
  incident: 'heap-near-limit',
  series: [maxOf('formerProcesses', { by: ['exit_cause'] })],
  whenEmpty: 'The agent does not tell',
};
