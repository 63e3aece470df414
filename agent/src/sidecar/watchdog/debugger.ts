import { readFileSync } from 'node:fs';
import { monotonicMs } from '../../protocol/clock.js';

/** The table of connections is read at most this often. */
const keptMs = 100;
const tables = ['/proc/self/net/tcp', '/proc/self/net/tcp6'];
const established = '01';

/** Says whether a developer's debugger is attached. An open inspector port alone is no debugger, and many services run
 *  with one all the time; but Node does not tell who has connected to it, so the kernel is asked. Where that does not
 *  tell either (macOS, Windows), an open port counts as a debugger. Unit of `now`: ms. */
export function createDebuggerWatch(
  inspectorPort: () => number,
  readTables: () => string | null = readConnections,
  now: () => number = monotonicMs,
): () => boolean {
  let kept = { port: 0, atMs: 0, isAttached: false };
  return () => {
    const port = inspectorPort();
    if (port === 0) return false;
    if (kept.port !== port || now() - kept.atMs >= keptMs) {
      const text = readTables();
      kept = { port, atMs: now(), isAttached: text === null || hasConnection(text, port) };
    }
    return kept.isAttached;
  };
}

/** Whether somebody is connected to a port of this machine. The text is that of /proc/net/tcp: number, local address
 *  and port, remote ones, state, all in hexadecimal; see proc_net(5). */
export function hasConnection(text: string, port: number): boolean {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return text.split('\n').some((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/, 4);
    return state === established && local.endsWith(ending);
  });
}

/** Null where there are no such tables. One may be missing: a system without IPv6 has the first one only. */
function readConnections(): string | null {
  const texts = tables.flatMap((path) => {
    try {
      return [readFileSync(path, 'latin1')];
    } catch {
      return [];
    }
  });
  return texts.length === 0 ? null : texts.join('\n');
}
