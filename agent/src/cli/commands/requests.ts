import type { RunningRequests } from '../../protocol/requests.js';
import { connect } from '../client.js';
import type { Command } from '../command.js';
import { describeRequests } from '../describe-requests.js';

/** Lists the requests that have been running longest: what is stuck right now. */
export const requests: Command = {
  name: 'requests',
  usage: 'requests',
  summary: 'list the requests that have been running longest: what is stuck right now',
  async run({ typed, environment, print }) {
    const answer = await connect(typed, environment).get<RunningRequests>('/requests');
    print(typed.json ? JSON.stringify(answer) : describeRequests(answer));
    return 0;
  },
};
