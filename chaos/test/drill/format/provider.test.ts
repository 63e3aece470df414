import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertRefused, read, type WrongRow, withHttp, withProvider } from '../../harness/drill/document.js';

const wrong: readonly WrongRow[] = [
  [
    'a python provider',
    withProvider({ type: 'python', module: 'os', func: 'getcwd' }),
    'method[0].provider.type: expected an http or process provider (python providers are not supported',
  ],
  [
    'an unknown provider',
    withProvider({ type: 'ssh' }),
    'method[0].provider.type: expected http or process, found "ssh"',
  ],
  [
    'a provider key that is unknown',
    withHttp({ body: {} }),
    'method[0].provider.body: expected one of the keys type, url',
  ],
  [
    'a url of another kind',
    withHttp({ url: 'file:///etc/passwd' }),
    'method[0].provider.url: expected an http:// or https:// address',
  ],
  ['an unknown method', withHttp({ method: 'BREW' }), 'method[0].provider.method: expected one of GET, HEAD'],
  [
    'an endless timeout',
    withHttp({ timeout: 0 }),
    'method[0].provider.timeout: expected a number between 0.001 and 300, found 0',
  ],
  [
    'three timeouts',
    withHttp({ timeout: [1, 2, 3] }),
    'method[0].provider.timeout: expected seconds, or a pair',
  ],
  [
    'a process without path',
    withProvider({ type: 'process' }),
    'method[0].provider.path: expected a text, found nothing',
  ],
  [
    'an open quote',
    withProvider({ type: 'process', path: 'x', arguments: 'a "b' }),
    'method[0].provider.arguments: expected arguments with closed quotes',
  ],
];
for (const [what, document, message] of wrong)
  test(`refuses ${what}, naming file, place, what was expected and what was found`, () =>
    assertRefused(document, message));

test('reads process arguments as a text, a list or an object', () => {
  const argumentsOf = (given: unknown) => {
    const provider = read(withProvider({ type: 'process', path: 'tool', arguments: given })).method[0]
      ?.provider;
    return provider?.type === 'process' ? provider.arguments : null;
  };
  assert.deepEqual(argumentsOf(`-a "b c" 'd "e' f\\ g`), ['-a', 'b c', 'd "e', 'f g']);
  assert.deepEqual(argumentsOf(['-a', 1, true]), ['-a', '1', 'true']);
  assert.deepEqual(argumentsOf({ '--name': 'x', '--flag': null }), ['--name', 'x', '--flag']);
});
