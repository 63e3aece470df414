import { longestMs, type ToxicType } from './toxic-type.js';

/** The end of the stream comes later by `delay`; data does not. */
export const slowClose: ToxicType<'delay'> = {
  type: 'slow_close',
  attributes: { delay: { fallback: 0, min: 0, max: longestMs, meaning: 'Delay in milliseconds.' } },
  start: ({ attributes }) => ({
    *pass(parcel) {
      const { delay } = attributes();
      yield parcel.kind === 'data' || delay === 0 ? parcel : { ...parcel, atMs: parcel.atMs + delay };
    },
  }),
};
