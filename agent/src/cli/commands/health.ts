import { connect } from '../client.js';
import type { Command } from '../command.js';

interface Health {
  readonly status: 'ok' | 'blocked';
  readonly forMs?: number;
}

/** Says whether the event loop turns; exit code 1 when it does not. */
export const health: Command = {
  name: 'health',
  usage: 'health',
  summary: 'say whether the event loop turns; exit code 1 while it is blocked',
  async run({ typed, environment, print }) {
    const answer = await connect(typed, environment).get<Health>('/healthz', [503]);
    if (typed.json) print(JSON.stringify(answer));
    else print(answer.status === 'ok' ? 'ok: the event loop turns' : `blocked for ${answer.forMs} ms`);
    return answer.status === 'ok' ? 0 : 1;
  },
};
