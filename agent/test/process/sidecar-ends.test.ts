import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentLines, indexUrl, startChild } from '../harness/child.js';
import { call } from '../harness/http.js';
import { until } from '../harness/wait.js';

/** The program keeps the workers that are started in it, so that it can end the agent's. */
const program = `
import workers from 'node:worker_threads';
import { syncBuiltinESMExports } from 'node:module';
const started = [];
workers.Worker = class extends workers.Worker {
  constructor(...given) {
    super(...given);
    started.push(this);
  }
};
syncBuiltinESMExports();
const { startAgent } = await import(${JSON.stringify(indexUrl)});
const agent = startAgent();
process.on('SIGUSR2', () => started.at(-1).terminate());
let ticks = 0;
setInterval(() => console.log('tick', ++ticks, agent.url), 100);
`;

test('a sidecar that ends is started again, three times, and the program goes on without', async (t) => {
  const child = startChild(t, { program, flags: [] });
  const ended = () =>
    agentLines(child.stderr()).filter(({ msg }) => String(msg).startsWith('The sidecar thread ended'));
  const alive = (url: string): Promise<boolean> =>
    call(`${url}/healthz`).then(
      ({ status }) => status === 200,
      () => false,
    );
  for (let end = 1; end <= 4; end += 1) {
    const url = await until('the agent answers', async () => {
      const address = await child.url();
      return (await alive(address)) && address;
    });
    child.kill('SIGUSR2');
    await until('its end is told', () => ended().length === end);
    assert.equal(await alive(url), false);
  }
  assert.deepEqual(
    ended().map(({ msg }) => String(msg).split('; ')[1]),
    ['it is started again.', 'it is started again.', 'it is started again.', 'it is given up.'],
  );
  const ticks = child.stdout().length;
  await until('the program goes on', () => child.stdout().length > ticks + 100);
  assert.match(child.stdout().trim(), /null$/);
});
