import { test } from 'node:test';
import { action, assertRefused, type WrongRow, withMethod } from '../../harness/drill/document.js';

const wrong: readonly WrongRow[] = [
  [
    'an activity of another type',
    withMethod({ ...action, type: 'wait' }),
    'method[0].type: expected one of probe, action, found "wait"',
  ],
  [
    'an activity without name',
    withMethod({ type: 'action', provider: action.provider }),
    'method[0].name: expected a text, found nothing',
  ],
  [
    'two activities of one name',
    withMethod(action, action),
    'method[1].name: expected a name that no other activity has, found "acts"',
  ],
  [
    'an action with a tolerance',
    withMethod({ ...action, tolerance: 200 }),
    'method[0].tolerance: expected no tolerance',
  ],
  [
    'a reference to nothing',
    withMethod({ ref: 'nope' }),
    'method[0].ref: expected the name of an activity above (none so far), found "nope"',
  ],
  [
    'a long pause',
    withMethod({ ...action, pauses: { after: 6000 } }),
    'method[0].pauses.after: expected a number between 0 and 600, found 6000',
  ],
  [
    'a background that is no boolean',
    withMethod({ ...action, background: 'yes' }),
    'method[0].background: expected true or false, found "yes"',
  ],
  [
    'secrets of an unknown group',
    withMethod({ ...action, secrets: ['aws'] }),
    'secrets: expected the group that "acts" uses (none given), found "aws"',
  ],
];
for (const [what, document, message] of wrong)
  test(`refuses ${what}, naming file, place, what was expected and what was found`, () =>
    assertRefused(document, message));
