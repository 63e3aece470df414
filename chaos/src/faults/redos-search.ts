import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that its search can be made to backtrack. */
export interface SearchContext {
  readonly search: {
    /** Replaces the check of the search text by a regular expression with a repetition within a repetition.
     *  Nothing can end such a match early, so `lengthMax` bounds it. */
    useBacktrackingTwin(options: {
      readonly lengthMax: number;
      readonly expired: () => boolean;
    }): RunningFault;
  };
}

/** One visitor with the right text stops the shop for everybody. */
export const redosSearch: Fault<SearchContext, 'lengthMax'> = {
  id: 'redos-search',
  breaks: 'The search text is checked by a regular expression that backtracks without end.',
  parameters: {
    lengthMax: {
      fallback: 28,
      min: 1,
      max: 32,
      meaning: 'Searches longer than this many characters are not checked; each one more doubles the block.',
    },
  },
  mustCause: 'event-loop-stall',
  mustNotCause: ['cpu-starved', 'event-loop-saturated', 'dependency-slow'],
  start: ({ lengthMax }, { search }, lease) =>
    search.useBacktrackingTwin({ lengthMax: Math.floor(lengthMax), expired: () => lease.expired() }),
};
