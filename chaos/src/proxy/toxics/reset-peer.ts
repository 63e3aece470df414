import { longestMs, type ToxicType } from './toxic-type.js';

/** The connection is reset (TCP RST) after `timeout`; until then no data gets through. */
export const resetPeer: ToxicType<'timeout'> = {
  type: 'reset_peer',
  attributes: {
    timeout: { fallback: 0, min: 0, max: longestMs, meaning: 'Milliseconds until the reset; 0 for at once.' },
  },
  start: ({ attributes }) => ({
    // Nothing passes; the end of the stream neither, for the reset is still to come.
    pass: () => [],
    deadline: (sinceMs) => ({ atMs: sinceMs + attributes().timeout, how: 'reset' }),
  }),
};
