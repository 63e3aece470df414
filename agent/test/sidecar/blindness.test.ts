import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBlindnessNews } from '../../src/sidecar/blindness.js';

/** What is logged while the reasons follow each other, a second apart. */
function tell(reasons: readonly (string | null)[]): string[] {
  const lines: string[] = [];
  let reason: string | null = null;
  const log = {
    warn: (text: string) => lines.push(`warn ${text}`),
    info: (text: string) => lines.push(`info ${text}`),
  };
  const news = createBlindnessNews(() => reason, log as unknown as Parameters<typeof createBlindnessNews>[1]);
  for (reason of reasons) news();
  return lines;
}
const warn = (reason: string) => `warn Stalls are noticed, but no stack is taken: ${reason}`;
const info = (reason: string) => `info Stacks are taken again: no longer so that ${reason}`;

const rows: readonly [string, readonly (string | null)[], readonly string[]][] = [
  ['says nothing while stacks are taken', [null, null], []],
  ['says once why there are none', ['a', 'a', 'a'], [warn('a')]],
  ['says when there are some again', [null, 'a', 'a', null, null], [warn('a'), info('a')]],
  ['does not repeat itself when that happens again', ['a', null, 'a', null], [warn('a'), info('a')]],
  ['tells each reason', ['a', 'b', null], [warn('a'), warn('b'), info('b')]],
];
for (const [title, reasons, lines] of rows) test(title, () => assert.deepEqual(tell(reasons), lines));
