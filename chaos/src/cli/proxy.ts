import { readFile } from 'node:fs/promises';
import { DrillError } from '../drill/errors.js';
import { messageOf } from '../errors.js';
import { ProxyError } from '../proxy/errors.js';
import { type ProxyServer, type ProxyServerOptions, startProxyServer } from '../proxy/start.js';
import { type Environment, isProduction, readSafeguards } from '../safeguards.js';
import type { ProxyFlags } from './arguments.js';

/** Runs the TCP proxy until the signal, and closes everything.
 *  @throws DrillError `usage` for what was asked for wrongly, ProxyError for a port that is taken. */
export async function runProxy(
  { listen, config, allowedHosts, seed }: ProxyFlags,
  environment: Environment,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  requirePermission(allowedHosts, environment);
  const proxies = config === null ? undefined : await readConfig(config);
  const stamped = (line: string) => log(`${new Date().toISOString()} ${line}`);
  const server = await startOrExplain({ listen, allowedHosts, seed, proxies, log: stamped });
  log(`The API listens on ${server.url}. Stop it with Ctrl-C.`);
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
  await server.close();
  log('Every proxy is closed.');
}

/** What was asked for wrongly is wrong usage; a port that is taken is not. */
async function startOrExplain(options: ProxyServerOptions): Promise<ProxyServer> {
  try {
    return await startProxyServer(options);
  } catch (cause) {
    if (!(cause instanceof ProxyError) || cause.status === 500) throw cause;
    throw new DrillError('usage', cause.message, { cause });
  }
}

/** On this machine the proxy breaks only what was led through it on purpose. Beyond it, and in production, it needs
 *  what every fault needs. */
function requirePermission(allowedHosts: readonly string[], environment: Environment): void {
  if (allowedHosts.length === 0 && !isProduction(environment)) return;
  const permission = readSafeguards(environment);
  if (permission.allowed) return;
  const what = allowedHosts.length === 0 ? 'In production the proxy' : '--allow';
  throw new DrillError('usage', `${what} needs permission: ${permission.reason}`);
}

async function readConfig(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new DrillError('usage', `--config cannot be read: ${messageOf(cause)}`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DrillError('usage', `--config ${file} is not JSON: ${messageOf(cause)}`, { cause });
  }
}
