import type { Logger } from 'pino';

/** Says why no stack is taken, and that it is again. Each reason is told once in the life of the agent: a tool that
 *  looks for debuggers every second must not fill the log. Call it about once a second. */
export function createBlindnessNews(blindBecause: () => string | null, log: Pick<Logger, 'warn' | 'info'>) {
  const told = new Set<string>();
  let before: string | null = null;
  return (): void => {
    const because = blindBecause();
    if (because === before) return;
    const wasTold = before !== null && !told.has(`over: ${before}`);
    if (because !== null && !told.has(because)) {
      told.add(because);
      log.warn(`Stalls are noticed, but no stack is taken: ${because}`);
    } else if (because === null && wasTold) {
      told.add(`over: ${before}`);
      log.info(`Stacks are taken again: no longer so that ${before}`);
    }
    before = because;
  };
}
