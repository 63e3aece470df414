import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settings } from '../config.js';
import type { Discovery } from '../protocol/discovery.js';
import { threadName } from '../protocol/thread.js';
import { discoveryFolder, isAlive } from '../sidecar/discovery/discovery-file.js';

/** Agents of this machine that can be found through their discovery files, oldest process first. */
export function findRunningAgents(environment: NodeJS.ProcessEnv): Discovery[] {
  const folder = discoveryFolder(agentDirectory(environment));
  return listFiles(folder)
    .flatMap((name) => readDiscovery(join(folder, name)))
    .filter(({ pid }) => isAlive(pid))
    .sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

/** FAULTLINE_DIR, or its default. */
export function agentDirectory(environment: NodeJS.ProcessEnv): string {
  const setting = settings.find(({ key }) => key === 'directory')!;
  return String(setting.parse(environment[setting.variable] || setting.fallback));
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

/** Nothing when the file is half written, or no discovery file. */
function readDiscovery(path: string): Discovery[] {
  try {
    const discovery = JSON.parse(readFileSync(path, 'utf8')) as Partial<Discovery>;
    return typeof discovery.pid === 'number' ? [{ threadId: 0, ...discovery } as Discovery] : [];
  } catch {
    return [];
  }
}

/** The service as a list shows it: an agent in a worker says so. */
export const describeService = ({ service, threadId }: Discovery): string =>
  threadId === 0 ? service : `${service} (${threadName(threadId)})`;
