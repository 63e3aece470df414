import { longestMs, type ToxicType } from './toxic-type.js';

/** Data comes in slices of about `average_size`, each `delay` after the one before. */
export const slicer: ToxicType<'average_size' | 'size_variation' | 'delay'> = {
  type: 'slicer',
  attributes: {
    average_size: { fallback: null, min: 1, max: 1_048_576, meaning: 'Bytes of a slice on average.' },
    size_variation: { fallback: 0, min: 0, max: 1_048_575, meaning: 'Most bytes that a slice varies by.' },
    delay: { fallback: 0, min: 0, max: longestMs * 1_000, meaning: 'Microseconds between two slices.' },
  },
  start: ({ attributes, random }) => ({
    *pass(parcel) {
      const { average_size: average, size_variation: variation, delay } = attributes();
      if (parcel.kind !== 'data' || parcel.data.byteLength <= average - variation) {
        yield parcel;
        return;
      }
      let { atMs } = parcel;
      for (let start = 0; start < parcel.data.byteLength; ) {
        const size = Math.max(1, average + Math.round(variation * (2 * random() - 1)));
        yield { ...parcel, data: parcel.data.subarray(start, start + size), atMs };
        start += size;
        atMs += delay / 1_000;
      }
    },
  }),
};
