import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type ReadTerms, revisionOf, type Terms, termsFile } from './terms.js';

const run = promisify(execFile);
/** Unit: ms. New terms may show this late. */
const maxAgeMs = 60_000;
/** Unit: ms. Longest run of the tool. */
const toolTimeoutMs = 5_000;

/** Reads file and checksum without holding anybody up, once a minute at the most; sheets in between share the
 *  answer, and those that come while it is read wait for the same one. The bad twin is terms-sync.ts. */
export function createTermsReader(): ReadTerms {
  let newest: { readonly readAtMs: number; readonly terms: Promise<Terms> } | null = null;
  return function readTerms() {
    const nowMs = performance.now();
    if (newest !== null && nowMs - newest.readAtMs < maxAgeMs) return newest.terms;
    const reading = { readAtMs: nowMs, terms: readOnce() };
    newest = reading;
    // A failure is for those who wait for it; the next sheet tries again.
    reading.terms.catch(() => {
      if (newest === reading) newest = null;
    });
    return reading.terms;
  };
}

async function readOnce(): Promise<Terms> {
  const [text, checksum] = await Promise.all([
    readFile(termsFile, 'utf8'),
    run('cksum', [termsFile], { timeout: toolTimeoutMs }),
  ]);
  return { text, revision: revisionOf(checksum.stdout) };
}
