import { FaultlineError } from '../errors.js';
import type { Discovery } from '../protocol/discovery.js';
import { type CliArguments, usageError } from './arguments.js';
import { agentDirectory, describeService, findRunningAgents } from './running-agents.js';

const timeoutMs = 10_000;

/** Asks one agent. */
export interface AgentClient {
  readonly url: string;
  /** The answer's body as JSON. `accept` lists the statuses that are an answer, 200 always among them.
   *  Throws ERR_FAULTLINE_AGENT with what to do. */
  get<Answer>(path: string, accept?: readonly number[]): Promise<Answer>;
  /** Posts, and yields the lines of JSON that answer as they come, however long that takes. Throws
   *  ERR_FAULTLINE_AGENT with what to do. */
  post<Line>(path: string, signal: AbortSignal): AsyncIterable<Line>;
  /** Posts, and waits for a file and the name that it is sent under; null when it has none. Throws
   *  ERR_FAULTLINE_AGENT with what to do. */
  download(
    path: string,
    signal: AbortSignal,
  ): Promise<{ readonly name: string | null; readonly body: Uint8Array }>;
}

/** The agent at --url, or the only one that runs on this machine; of several, the one whose process id or service
 *  is `wanted`. */
export function connect(
  typed: CliArguments,
  environment: NodeJS.ProcessEnv,
  wanted: string | null = null,
): AgentClient {
  if (typed.url !== null && wanted !== null) {
    throw usageError(`--url and "${wanted}" both name an agent: leave one of them out.`);
  }
  const url = typed.url ?? findOnlyAgent(environment, wanted);
  const headers: Record<string, string> =
    typed.token === null ? {} : { authorization: `Bearer ${typed.token}` };
  return {
    url,
    async get<Answer>(path: string, accept: readonly number[] = []) {
      const response = await request(url, path, { headers, signal: AbortSignal.timeout(timeoutMs) });
      if (!response.ok && !accept.includes(response.status)) throw await explain(response, url);
      return (await response.json()) as Answer;
    },
    async *post<Line>(path: string, signal: AbortSignal) {
      const init = { method: 'POST', headers: { ...headers, accept: 'application/x-ndjson' }, signal };
      const response = await request(url, path, init);
      if (!response.ok) throw await explain(response, url);
      yield* linesOf<Line>(response, url);
    },
    async download(path, signal) {
      const response = await request(url, path, { method: 'POST', headers, signal });
      if (!response.ok) throw await explain(response, url);
      const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? null;
      return { name, body: new Uint8Array(await response.arrayBuffer()) };
    },
  };
}

function findOnlyAgent(environment: NodeJS.ProcessEnv, wanted: string | null): string {
  const agents = findRunningAgents(environment).filter(({ url }) => url !== null);
  const chosen = agents.filter(
    ({ pid, service }) => wanted === null || [String(pid), service].includes(wanted),
  );
  if (agents.length === 0) {
    const where = agentDirectory(environment);
    throw agentError(
      `No running agent was found in ${where}. Start the service, or name the agent with --url.`,
    );
  }
  const listOf = (list: readonly Discovery[]): string =>
    list.map((agent) => `${agent.url} (${describeService(agent)}, pid ${agent.pid})`).join(', ');
  if (chosen.length === 0)
    throw usageError(`No agent has the pid or service "${wanted}": ${listOf(agents)}.`);
  if (chosen.length > 1)
    throw usageError(`Several agents run here: ${listOf(chosen)}. Choose one with --url.`);
  return chosen[0]!.url!;
}

async function request(url: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`${url}${path}`, init);
  } catch (error) {
    throw agentError(
      `Nothing answers at ${url}. Is the process running, and is this its FAULTLINE_PORT?`,
      error,
    );
  }
}

/** The lines of an answer as they come. */
async function* linesOf<Line>(response: Response, url: string): AsyncIterable<Line> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of response.body ?? []) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as Line;
    }
  } catch (error) {
    throw agentError(`The agent at ${url} ended the connection: its process may be gone.`, error);
  }
}

async function explain(response: Response, url: string): Promise<FaultlineError> {
  if (response.status === 401) {
    return agentError(`The agent at ${url} wants its token: set FAULTLINE_TOKEN, or use --token.`);
  }
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  return agentError(`The agent at ${url} answered ${response.status}. ${problem.detail ?? ''}`.trim());
}

const agentError = (message: string, cause?: unknown): FaultlineError =>
  new FaultlineError('ERR_FAULTLINE_AGENT', message, { cause });
