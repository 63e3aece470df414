import type { Survey } from '../../protocol/saturation.js';
import type { StackSample } from '../../protocol/stack.js';
import type { WatchdogWorld } from './watchdog.js';

/** So long the looks last, and so many of them there are: enough for shares of a few percent, at a cost of about a
 *  hundredth of the main thread's time. */
const durationMs = 2_000;
const looks = 40;

/** What a survey asks of the world. */
export type SurveyWorld = Pick<
  WatchdogWorld,
  'now' | 'random' | 'schedule' | 'capture' | 'locate' | 'operation'
>;

/** Takes stacks at random times for two seconds. A look that finds the one before it unanswered is left out. */
export function takeSurvey(world: SurveyWorld): Promise<Survey> {
  const startedMs = world.now();
  const samples: StackSample[] = [];
  const operations: Record<string, number> = {};
  let looked = 0;
  let waiting = false;
  return new Promise((resolve) => {
    const finish = (): void => {
      resolve({ startedMs, durationMs: world.now() - startedMs, samples, operations, looks: looked });
    };
    const look = (): void => {
      if (world.now() - startedMs >= durationMs) {
        finish();
        return;
      }
      looked += 1;
      const operation = world.operation();
      if (operation !== null) operations[operation] = (operations[operation] ?? 0) + 1;
      if (!waiting) {
        waiting = true;
        world
          .capture()
          .then((raw) => {
            if (raw !== null) samples.push(world.locate(raw));
          })
          .catch(() => {})
          .finally(() => {
            waiting = false;
          });
      }
      next();
    };
    const next = (): void => {
      world.schedule((durationMs / looks) * 2 * world.random(), look);
    };
    next();
  });
}
