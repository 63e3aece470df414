import type { Command } from '../command.js';
import { agentDirectory, describeService, findRunningAgents } from '../running-agents.js';

/** Lists the agents of this machine. */
export const ps: Command = {
  name: 'ps',
  usage: 'ps',
  summary: 'list the agents on this machine: processes, and workers that started their own',
  async run({ typed, environment, print }) {
    const agents = findRunningAgents(environment);
    if (typed.json) print(JSON.stringify(agents));
    else if (agents.length === 0)
      print(`No process with an agent was found in ${agentDirectory(environment)}.`);
    else
      for (const agent of agents)
        print([agent.pid, describeService(agent), agent.url ?? 'no HTTP', agent.startedAt].join('\t'));
    return 0;
  },
};
