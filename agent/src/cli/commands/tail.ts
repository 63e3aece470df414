import { setTimeout as sleep } from 'node:timers/promises';
import type { IncidentList } from '../../protocol/incident.js';
import { connect } from '../client.js';
import type { Command } from '../command.js';
import { summarize } from '../describe-incident.js';

const intervalMs = 1_000;

/** Prints each incident when it opens, grows worse or is over, until Ctrl-C. */
export const tail: Command = {
  name: 'tail',
  usage: 'tail',
  summary: 'print incidents as they open, escalate and resolve, until Ctrl-C',
  async run({ typed, environment, print, signal }) {
    const client = connect(typed, environment);
    const shown = new Map<string, string>();
    while (!signal.aborted) {
      const { incidents } = await client.get<IncidentList>('/incidents');
      for (const incident of incidents.toReversed()) {
        const state = `${incident.status} ${incident.severity}`;
        if (shown.get(incident.id) === state) continue;
        shown.set(incident.id, state);
        print(typed.json ? JSON.stringify(incident) : summarize(incident));
      }
      await sleep(intervalMs, undefined, { signal }).catch(() => {});
    }
    return 0;
  },
};
