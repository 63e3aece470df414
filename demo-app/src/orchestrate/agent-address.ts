import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultDirectory } from '@faultline/agent';
import { z } from 'zod';

const discoverySchema = z.object({ pid: z.int(), url: z.string().nullable() });
const waitLimitMs = 10_000;
const pollMs = 50;

/** Address of the agent's sidecar in another process, from the file that it writes when it is up.
 *  Null when there is no such file after ten seconds, or the agent serves no HTTP. */
export async function findAgentAddress(
  pid: number,
  startedAtMs: number,
  environment: NodeJS.ProcessEnv,
): Promise<string | null> {
  const directory = environment.FAULTLINE_DIR || defaultDirectory();
  const file = join(directory, 'discovery', `${pid}.json`);
  for (let waitedMs = 0; waitedMs < waitLimitMs; waitedMs += pollMs) {
    const found = await readDiscovery(file, pid, startedAtMs);
    if (found !== undefined) return found?.replace(/\/$/, '') ?? null;
    await delay(pollMs);
  }
  return null;
}

/** Undefined while the file is not there, is half written, or was left by a process that had the same pid. */
async function readDiscovery(
  file: string,
  pid: number,
  startedAtMs: number,
): Promise<string | null | undefined> {
  try {
    if ((await stat(file)).mtimeMs < startedAtMs - 1_000) return undefined;
    const discovery = discoverySchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return discovery.pid === pid ? discovery.url : undefined;
  } catch {
    return undefined;
  }
}
