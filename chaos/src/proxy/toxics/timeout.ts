import { marker } from '../parcel.js';
import { longestMs, type ToxicType } from './toxic-type.js';

/** No data gets through, and after `timeout` the connection is closed; with 0 it stays open and silent. */
export const timeout: ToxicType<'timeout'> = {
  type: 'timeout',
  attributes: {
    timeout: { fallback: 0, min: 0, max: longestMs, meaning: 'Milliseconds until it closes; 0 for never.' },
  },
  start: ({ attributes }) => ({
    *pass(parcel) {
      // Whoever hangs up gives up: without this a black hole would collect the sockets of all who have left.
      if (parcel.kind !== 'data') yield marker('cut', parcel.atMs, parcel.exchange);
    },
    deadline(sinceMs) {
      const { timeout: afterMs } = attributes();
      return afterMs === 0 ? null : { atMs: sinceMs + afterMs, how: 'cut' };
    },
  }),
};
