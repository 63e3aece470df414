import { FaultlineError } from '../../errors.js';
import type { SnapshotLine } from '../../protocol/heap-snapshot.js';
import { usageError } from '../arguments.js';
import { connect } from '../client.js';
import type { Command } from '../command.js';
import { formatBytes } from '../format-bytes.js';

const stages = {
  waiting: 'waiting for the main thread',
  counting: 'counting objects; the service stands still meanwhile',
  writing: 'writing the heap; the service stands still meanwhile',
};

/** Takes a heap snapshot and prints where it lies; Ctrl-C gives it up. */
export const snapshot: Command = {
  name: 'snapshot',
  usage: 'snapshot [PID|SERVICE]',
  summary: 'write a heap snapshot and print its path; the service stands still for seconds',
  async run({ typed, environment, print, progress, signal }) {
    const [wanted = null, ...more] = typed.operands;
    if (more.length > 0) throw usageError('snapshot wants one pid or service at the most.');
    const client = connect(typed, environment, wanted);
    try {
      progress(stages.waiting);
      for await (const line of client.post<SnapshotLine>('/snapshots/heap', signal)) {
        if (line.state === 'done') {
          progress(null);
          const { state: _state, ...taken } = line;
          print(typed.json ? JSON.stringify(taken) : line.file);
          return 0;
        }
        if (line.state === 'failed')
          throw agentError(`${client.url} answered ${line.status}. ${line.detail}`);
        progress(stages[line.state], line.bytes === 0 ? '' : formatBytes(line.bytes));
      }
    } finally {
      progress(null);
    }
    throw agentError(`${client.url} ended the connection before the snapshot was finished.`);
  },
};

const agentError = (message: string): FaultlineError =>
  new FaultlineError('ERR_FAULTLINE_AGENT', `The agent at ${message}`);
