import { pauseFor } from '../wait.js';
import { type DrillContext, fail } from './context.js';
import { noteUnexpected } from './unexpected.js';

/** Watches a healthy service under load for a while: nothing may fire. */
export async function watchControl(context: DrillContext): Promise<void> {
  const { experiment, progress, target, signal, record } = context;
  const { watchSeconds } = experiment.drill;
  progress.doing(`watching the healthy service for ${watchSeconds} s`);
  const before = target.load();
  const endsAt = performance.now() + watchSeconds * 1000;
  while (performance.now() < endsAt) {
    await pauseFor(Math.min(1000, Math.max(1, endsAt - performance.now())), signal);
    await noteUnexpected(context);
  }
  const after = target.load();
  if (before && after && after.completed <= before.completed) {
    fail(context, 'the load has stopped, so the quiet proves nothing');
  }
  if (record.failures.length === 0) progress.passed('nothing fired');
}
