import { marker } from '../parcel.js';
import { longestMs, type ToxicType } from './toxic-type.js';

/** A connection on which nothing has come this way for `timeout` is forgotten without a word, and reset by the next data, as
 *  load balancers and firewalls do. Toxiproxy has no such toxic. */
export const idleReset: ToxicType<'timeout'> = {
  type: 'idle_reset',
  attributes: {
    timeout: {
      fallback: null,
      min: 1,
      max: longestMs,
      meaning: 'Milliseconds without data after which the next data resets the connection.',
    },
  },
  start({ attributes, attachedAtMs }) {
    let lastMs = attachedAtMs;
    return {
      *pass(parcel) {
        const idleMs = parcel.atMs - lastMs;
        if (parcel.kind === 'data') lastMs = parcel.atMs;
        const isForgotten = parcel.kind === 'data' && idleMs > attributes().timeout;
        yield isForgotten ? marker('reset', parcel.atMs, parcel.exchange) : parcel;
      },
    };
  },
};
