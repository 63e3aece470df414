import { longestMs, type ToxicType } from './toxic-type.js';

/** Everything comes later by `latency`, give or take `jitter`. The order stays. */
export const latency: ToxicType<'latency' | 'jitter'> = {
  type: 'latency',
  attributes: {
    latency: { fallback: 0, min: 0, max: longestMs, meaning: 'Delay in milliseconds.' },
    jitter: { fallback: 0, min: 0, max: longestMs, meaning: 'Most that it varies by, in milliseconds.' },
  },
  start: ({ attributes, random }) => ({
    *pass(parcel) {
      const given = attributes();
      const spread = given.jitter === 0 ? 0 : given.jitter * (2 * random() - 1);
      const delayMs = Math.max(0, given.latency + spread);
      yield parcel.kind !== 'data' || delayMs === 0 ? parcel : { ...parcel, atMs: parcel.atMs + delayMs };
    },
  }),
};
