import type { IncidentList } from '../../protocol/incident.js';
import { connect } from '../client.js';
import type { Command } from '../command.js';
import { summarize } from '../describe-incident.js';

/** Lists incidents, open ones first. */
export const incidents: Command = {
  name: 'incidents',
  usage: 'incidents [--open]',
  summary: 'list incidents, open ones first; --open leaves out what is over',
  async run({ typed, environment, print }) {
    const list = await connect(typed, environment).get<IncidentList>('/incidents');
    const chosen = list.incidents.filter(({ status }) => !typed.open || status === 'open');
    if (typed.json) print(JSON.stringify({ incidents: chosen }));
    else if (chosen.length > 0) print(chosen.map(summarize).join('\n'));
    else print(typed.open ? 'No open incident.' : 'No incident since the process started.');
    return 0;
  },
};
