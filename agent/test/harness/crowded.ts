import { availableParallelism, loadavg } from 'node:os';

/** Reason to skip a test that needs a CPU of its own, or null. When others take the CPUs, they starve every process,
 *  and that is then the right verdict. */
export const crowded = (): string | null =>
  loadavg()[0]! > availableParallelism() * 1.5 ? 'other processes take the CPUs of this machine' : null;
