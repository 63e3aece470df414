import { connect } from '../client.js';
import type { Command } from '../command.js';

/** Prints the one document with everything known now. */
export const report: Command = {
  name: 'report',
  usage: 'report',
  summary: 'print everything that the agent knows now, as one JSON document',
  async run({ typed, environment, print }) {
    const document = await connect(typed, environment).get<unknown>('/report');
    print(JSON.stringify(document, null, typed.json ? 0 : 2));
    return 0;
  },
};
