import { type FinishedActivity, runActivity } from '../run-activity.js';
import { type DrillContext, fail } from './context.js';

/** Activities of the method that go on in the background. */
export interface BackgroundWork {
  /** Waits for all of them. */
  join(): Promise<void>;
}

/** Runs the drill file's own method, in its order. An action that is refused and a probe out of its tolerance fail
 *  the drill. */
export async function runMethod(context: DrillContext): Promise<BackgroundWork> {
  const background: Promise<void>[] = [];
  const note = (name: string, { run, good, because }: FinishedActivity) => {
    context.record.run.push(run);
    if (good) context.progress.passed(`"${name}"`);
    else fail(context, `"${name}" failed: ${because}`);
  };
  for (const activity of context.experiment.method) {
    const finished = runActivity(activity, context.activities).then((result) => note(activity.name, result));
    if (activity.background) background.push(finished);
    else await finished;
    context.signal.throwIfAborted();
  }
  return {
    async join() {
      await Promise.all(background);
    },
  };
}
