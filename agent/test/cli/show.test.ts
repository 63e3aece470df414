import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { parseArguments } from '../../src/cli/arguments.js';
import { show } from '../../src/cli/commands/show.js';

const incidents = [
  { id: '3', kind: 'dependency-failing' },
  { id: '2', kind: 'retry-storm' },
  { id: '1', kind: 'retry-storm' },
];

for (const [word, id] of [
  ['latest', '3'],
  ['retry-storm', '2'],
  ['event-loop-stall', null],
] as const) {
  test(`show ${word} prints ${id === null ? 'that there is none' : `incident ${id}`}`, async (t) => {
    const server = createServer((_request, response) => response.end(JSON.stringify({ incidents })));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const printed: string[] = [];
    const code = await show.run({
      typed: parseArguments(['show', word, '--json', '--url', url], {}),
      environment: {},
      print: (line) => void printed.push(line),
      progress: () => {},
      signal: new AbortController().signal,
    });
    assert.equal(code, id === null ? 1 : 0);
    assert.equal(JSON.parse(printed.join(''))?.id ?? null, id);
  });
}
