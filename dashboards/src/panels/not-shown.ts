import type { MetricId } from '@faultline/agent/catalog';

/** Metrics of the catalog that no panel, rule or annotation reads, each with the reason. */
export const notShown: Readonly<Partial<Record<MetricId, string>>> = {
  processCpuUser: 'The CPU panel shows user and system time together.',
  processCpuSystem: 'The CPU panel shows user and system time together.',
  processVirtualMemory: 'Address space says nothing about memory that is used.',
  processHeap: 'The data segment is part of resident memory, which is shown.',
  eventLoopLag: 'One reading a scrape; p50, p99 and max over the window say more.',
  eventLoopDelayMin: 'The smallest delay is near 0 in every state.',
  eventLoopDelayMean: 'Lies between p50 and p99, which are shown.',
  eventLoopDelayStddev: 'p50, p99 and max show the spread.',
  eventLoopDelayP90: 'Lies between p50 and p99, which are shown.',
  eventLoopDelay: 'For objectives over long ranges; every path has the gauges, only the agent the histogram.',
  activeResourcesTotal: 'The panel shows the same by type.',
  activeHandles: 'A part of the active resources, which are shown by type.',
  activeHandlesTotal: 'A part of the active resources, which are shown by type.',
  activeRequests: 'A part of the active resources, which are shown by type.',
  activeRequestsTotal: 'A part of the active resources, which are shown by type.',
  heapSpaceTotal: 'Used bytes of each space are shown.',
  heapSpaceAvailable: 'Used bytes of each space are shown.',
  heapSpacePhysical: 'Used bytes of each space are shown.',
  versionInfo: 'Does not change while an incident goes on.',
  incidents: 'The verdict lanes show when incidents were open; the console lists each with its cause.',
};
