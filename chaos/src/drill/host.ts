import { availableParallelism, loadavg } from 'node:os';

/** How busy the machine is. */
export interface HostLoad {
  readonly cpus: number;
  /** Runnable processes, averaged over the last minute; 0 on systems that do not tell. */
  readonly loadAverage: number;
}

/** Reads how busy the machine is now. */
export function readHostLoad(): HostLoad {
  return { cpus: availableParallelism(), loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10 };
}

/** A remark when the machine had more to do than CPUs: then stalls for want of CPU are real, and not the fault's. */
export function describeOverload({ cpus, loadAverage }: HostLoad): string | null {
  if (loadAverage <= cpus) return null;
  return `The machine was overloaded at the end of the drill: load average ${loadAverage} on ${cpus} CPUs; incidents with cause cpu-starvation may be its own.`;
}
