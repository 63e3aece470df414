import { existsSync, readdirSync } from 'node:fs';
import { type ClientRequest, request } from 'node:http';
import { join } from 'node:path';
import type { SnapshotLine } from '../../src/protocol/heap-snapshot.js';

/** Files below a FAULTLINE_DIR that belong to heap snapshots, unfinished ones with their ending. */
export function snapshotFiles(faultlineDirectory: string): string[] {
  const folder = join(faultlineDirectory, 'snapshots');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** A snapshot that was asked for and is followed while it is taken. */
export interface Following {
  readonly request: ClientRequest;
  /** Resolves when the agent has said this, and rejects when the answer ends without. */
  said(state: SnapshotLine['state']): Promise<SnapshotLine>;
}

/** Asks for a snapshot as the command line does. */
export function followSnapshot(url: string): Following {
  const lines: SnapshotLine[] = [];
  const listeners = new Set<() => void>();
  let ended = false;
  const notify = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const headers = { accept: 'application/x-ndjson' };
  const sent = request(`${url}/snapshots/heap`, { method: 'POST', headers, agent: false }, (response) => {
    let rest = '';
    response.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts.map((part) => JSON.parse(part) as SnapshotLine));
      notify();
    });
    response.on('error', () => {});
    response.on('close', () => {
      ended = true;
      notify();
    });
  });
  sent.on('error', () => {
    ended = true;
    notify();
  });
  sent.end();
  return {
    request: sent,
    said: (state) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const line = lines.find((each) => each.state === state);
          if (line === undefined && !ended) return;
          listeners.delete(look);
          if (line !== undefined) resolve(line);
          else reject(new Error(`The answer ended without "${state}": ${JSON.stringify(lines)}`));
        };
        listeners.add(look);
        look();
      }),
  };
}
