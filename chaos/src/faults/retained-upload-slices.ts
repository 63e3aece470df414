import type { Fault, RunningFault } from '../fault.js';

/** What a service offers so that it can be made to keep its uploads. */
export interface PhotosContext {
  readonly photos: {
    /** Keeps slices of each upload instead of copies of its first bytes. Its stop lets go of what was kept. */
    useSlicingTwin(options: {
      readonly renditionsPerUpload: number;
      readonly expired: () => boolean;
    }): RunningFault;
  };
}

/** `subarray()` instead of a copy: 64 bytes in every heap snapshot, and the whole upload in memory. */
export const retainedUploadSlices: Fault<PhotosContext, 'renditionsPerUpload'> = {
  id: 'retained-upload-slices',
  breaks:
    'Of each uploaded photo small slices are kept instead of copies, and each slice keeps its whole buffer.',
  parameters: {
    renditionsPerUpload: {
      fallback: 128,
      min: 1,
      max: 512,
      meaning: 'Renditions of each photo that a slice is kept of; the photos of the load have 64 kB.',
    },
  },
  mustCause: 'external-memory-growth',
  mustNotCause: ['heap-leak', 'rss-growth', 'heap-near-limit', 'gc-pressure'],
  start: ({ renditionsPerUpload }, { photos }, lease) =>
    photos.useSlicingTwin({
      renditionsPerUpload: Math.floor(renditionsPerUpload),
      expired: () => lease.expired(),
    }),
};
