import { marker } from '../parcel.js';
import type { Stage, ToxicType } from './toxic-type.js';

/** The connection is closed once `bytes` have gone through. */
export const limitData: ToxicType<'bytes'> = {
  type: 'limit_data',
  attributes: {
    bytes: { fallback: 0, min: 0, max: 1_000_000_000_000, meaning: 'Bytes that get through.' },
  },
  start: ({ attributes }): Stage => {
    let written = 0;
    return {
      *pass(parcel) {
        const left = Math.max(0, attributes().bytes - written);
        if (parcel.kind !== 'data' || parcel.data.byteLength < left) {
          yield parcel;
          return;
        }
        if (left > 0) yield { ...parcel, data: parcel.data.subarray(0, left) };
        yield marker('cut', parcel.atMs, parcel.exchange);
      },
      written(bytes) {
        written += bytes;
      },
    };
  },
};
