import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { OnHarm } from '../../twin-switch.js';
import { type ReadTerms, revisionOf, type Terms, termsFile } from './terms.js';

/** What the synchronous reader is made with. */
export interface SyncTermsOptions {
  /** Unit: ms. How long the tool takes beside its work, as it would on a slow share. */
  readonly toolDelayMs: number;
  /** Whether the twin should be gone by now. */
  readonly expired: () => boolean;
  /** Called just before the main thread is blocked. */
  readonly onBlock: OnHarm;
}

/** Unit: ms. What the tool gets beside its delay. */
const toolTimeoutMs = 5_000;

/** The reader as it was first written: each sheet reads the file and runs the tool, and everybody waits until it has
 *  ended. The process uses no CPU meanwhile. The good twin is terms-async.ts. */
export function createSyncTermsReader(options: SyncTermsOptions): ReadTerms {
  return async function readTermsSync(): Promise<Terms> {
    if (!options.expired()) options.onBlock();
    return { text: readFileSync(termsFile, 'utf8'), revision: checksumOf(termsFile, options) };
  };
}

function checksumOf(file: string, { toolDelayMs, expired }: SyncTermsOptions): string {
  const seconds = expired() ? 0 : toolDelayMs / 1_000;
  const output = execFileSync('sh', ['-c', `sleep ${seconds}; exec cksum "$1"`, 'cksum', file], {
    encoding: 'utf8',
    timeout: toolDelayMs + toolTimeoutMs,
  });
  return revisionOf(output);
}
