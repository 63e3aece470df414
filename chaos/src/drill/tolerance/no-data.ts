import type { Activity, Json } from '../experiment.js';
import { judge } from './judge.js';

/** What probes see when there is nothing to see. */
const noData: readonly (readonly [what: string, output: Json])[] = [
  ['no answer', null],
  ['an empty answer', { status: 0, headers: {}, body: '' }],
  ['an answer without content', { status: 204, headers: {}, body: {} }],
  ['a program that printed nothing and did not end', { status: null, stdout: '', stderr: '' }],
];

/** Says on which absence of data a probe would pass; null when it fails on all of them, as it must: a probe that
 *  is content with nothing proves nothing. */
export async function passesWithoutData({ tolerance }: Activity): Promise<string | null> {
  if (tolerance === null) return null;
  for (const [what, output] of noData) {
    // The probe of a `probe` tolerance judges for itself, and without data it has nothing to call.
    const { met } = await judge(tolerance, output, async () => false);
    if (met) return what;
  }
  return null;
}
