import type { OutputContext } from '@faultline/chaos';
import { askForSlowReader } from '../../lifecycle/slow-reader.js';
import { createWaitingLogger } from '../../log.js';
import type { TwinSwitch } from '../../twin-switch.js';
import type { ListLog } from './list-log.js';
import { createVerboseListLog } from './list-log-verbose.js';

type StalledReader = OutputContext['output']['useStalledReader'];

/** Two parts make the harm: a reader that is asked to be slow, and a twin that gives it much to read. */
export function useStalledReader(
  listLog: TwinSwitch<ListLog>,
  { stallMs, expired }: Parameters<StalledReader>[0],
): ReturnType<StalledReader> {
  const readOn = askForSlowReader(stallMs, expired);
  const log = createWaitingLogger('info', 'list-log');
  const twin = listLog.use((onLog) => createVerboseListLog({ log, expired, onLog }));
  return {
    signal: twin.signal,
    stop() {
      twin.stop();
      readOn();
    },
  };
}
