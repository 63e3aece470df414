/** What is kept of a photo to tell what kind of file it is, and whether it was sent before. */
export type KeepHead = (photo: Buffer) => Buffer;

/** The first bytes of a file, where every picture format says what it is. */
export const headBytes = 64;

/** A copy of the first bytes: the rest of the upload can go. */
export const copyHead: KeepHead = (photo) => Buffer.from(photo.subarray(0, headBytes));
