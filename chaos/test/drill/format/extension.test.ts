import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertRefused,
  type Document,
  minimal,
  read,
  type WrongRow,
  withPart,
} from '../../harness/drill/document.js';

const withExpect = (expect: Document): Document =>
  withPart({ fault: 'x', expect: { incident: 'y', ...expect } });

const wrong: readonly WrongRow[] = [
  [
    'a part that cannot stand behind the proxy',
    withPart({ behindProxy: ['postgres'] }),
    'extensions[0].behindProxy[0]: expected pricing, the one part of the demo',
  ],
  [
    'so few descriptors that nothing would start',
    withPart({ descriptors: 32 }),
    'extensions[0].descriptors: expected',
  ],
  ['a heap in which nothing would start', withPart({ heapMb: 32 }), 'extensions[0].heapMb: expected'],
  [
    'a container in which nothing would start',
    withPart({ containerMb: 32 }),
    'extensions[0].containerMb: expected',
  ],
  [
    'no part of ours',
    { ...minimal, extensions: [{ name: 'other' }] },
    'extensions: expected exactly one entry with name: faultline, found "0 entries"',
  ],
  [
    'a fault without expectation',
    withPart({ fault: 'x' }),
    'extensions[0]: expected a fault together with what to expect of it, or neither',
  ],
  [
    'an expectation without fault',
    withPart({ expect: { incident: 'x' } }),
    'extensions[0]: expected a fault together with what to expect',
  ],
  [
    'a lease of a day',
    withPart({ ttl: 86_400 }),
    'extensions[0].ttl: expected a number between 1 and 900, found 86400',
  ],
  [
    'a parameter that is no number',
    withPart({ parameters: { copies: 'many' } }),
    'extensions[0].parameters.copies: expected a number',
  ],
  [
    'an unknown expectation',
    withExpect({ reason: 'x' }),
    'extensions[0].expect.reason: expected one of the keys incident, cause',
  ],
  [
    'no incident',
    withPart({ fault: 'x', expect: {} }),
    'extensions[0].expect.incident: expected a text, found nothing',
  ],
  [
    'lines upside down',
    withExpect({ culprit: { lines: [9, 1] } }),
    'extensions[0].expect.culprit.lines: expected a pair of line numbers, the first one first, found [9,1]',
  ],
  [
    'a broken source pattern',
    withExpect({ culprit: { source: '[' } }),
    'extensions[0].expect.culprit.source: expected a regular expression, found "["',
  ],
];
for (const [what, document, message] of wrong)
  test(`refuses ${what}, naming file, place, what was expected and what was found`, () =>
    assertRefused(document, message));

test('a drill of a full heap or container says how large it is', () => {
  assert.equal(read(minimal).drill.heapMb, null);
  assert.equal(read(minimal).drill.descriptors, null);
  assert.equal(read(withPart({ descriptors: 512 })).drill.descriptors, 512);
  assert.equal(read(withPart({ heapMb: 400 })).drill.heapMb, 400);
  assert.equal(read(minimal).drill.containerMb, null);
  assert.equal(read(withPart({ containerMb: 500 })).drill.containerMb, 500);
});

test('a drill of the network says what must stand behind the proxy', () => {
  assert.deepEqual(read(minimal).drill.behindProxy, []);
  assert.deepEqual(read(withPart({ behindProxy: ['pricing'] })).drill.behindProxy, ['pricing']);
});
