import { agentCpu, agentErrors, agentMemory, snapshotAge } from '../panels/agent.js';
import {
  callsPerRequest,
  dependencyErrors,
  dependencyFailures,
  dependencyInFlight,
  dependencyTimes,
} from '../panels/dependencies.js';
import { logWrites, loopDelay, runQueueWait, utilizationBesideCpu } from '../panels/event-loop.js';
import {
  gcShare,
  heap,
  heapLimit,
  heapSpaces,
  heapTimeToLimit,
  offHeap,
  offHeapTimeToLimit,
  residentRest,
} from '../panels/memory.js';
import { poolConnections, poolTimeouts, poolTimes, poolWaiting } from '../panels/pools.js';
import {
  descriptors,
  formerProcesses,
  handleGrowth,
  listeners,
  resources,
  threadpoolWait,
} from '../panels/process.js';
import { requestErrors, requestRate, requestsInFlight, requestTimes } from '../panels/requests.js';
import { blockedByCause, verdict } from '../panels/verdict.js';
import { type DashboardPlan, line } from './layout.js';

/** The one page for somebody on call. From top to bottom: am I hurting, which resource is it, the detail. */
export const onCall: DashboardPlan = {
  uid: 'faultline-on-call',
  title: 'Faultline / Node.js on call',
  description:
    'Am I hurting, which resource is it, and the detail, from top to bottom. Needs the recording rules of Faultline.',
  tags: ['faultline', 'nodejs'],
  rows: [
    { title: 'Am I hurting?', cells: [...line(7, [verdict]), ...line(8, [blockedByCause, loopDelay])] },
    { title: 'Requests', cells: line(8, [requestRate, requestErrors, requestTimes, requestsInFlight]) },
    { title: 'CPU and event loop', cells: line(8, [utilizationBesideCpu, runQueueWait, logWrites]) },
    {
      title: 'Memory',
      cells: [
        ...line(8, [heap, heapTimeToLimit, heapLimit]),
        ...line(8, [gcShare, heapSpaces]),
        ...line(8, [offHeap, residentRest, offHeapTimeToLimit]),
      ],
    },
    { title: 'Connection pools', cells: line(8, [poolConnections, poolWaiting, poolTimes, poolTimeouts]) },
    {
      title: 'Dependencies',
      cells: [
        ...line(8, [dependencyTimes, dependencyErrors, dependencyInFlight]),
        ...line(8, [dependencyFailures, callsPerRequest]),
      ],
    },
    {
      title: 'Process',
      cells: [
        ...line(8, [threadpoolWait, descriptors, resources]),
        ...line(8, [handleGrowth, listeners, formerProcesses]),
      ],
    },
    { title: "The agent's own cost", cells: line(7, [agentCpu, agentMemory, snapshotAge, agentErrors]) },
  ],
};
