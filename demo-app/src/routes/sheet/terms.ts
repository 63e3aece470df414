import { fileURLToPath } from 'node:url';

/** The terms of sale as they are printed on a sheet. */
export interface Terms {
  readonly text: string;
  /** Checksum of the file, so that a printed sheet can be told from one with newer terms. */
  readonly revision: string;
}

/** Where a sheet gets the terms from. */
export type ReadTerms = () => Promise<Terms>;

/** The file that the legal department replaces now and then. */
export const termsFile = fileURLToPath(new URL('../../../../assets/terms.txt', import.meta.url));

/** First word of what `cksum` prints.
 *  @throws Error when it printed something else. */
export function revisionOf(output: string): string {
  const revision = /^\d{1,10}/.exec(output)?.[0];
  if (revision === undefined) throw new Error(`cksum printed ${JSON.stringify(output.slice(0, 100))}`);
  return revision;
}
