// Ends test files that have stopped getting on. Node itself can lock up while a process ends (nodejs/node#54918: the
// main thread joins a compiler thread that waits for the main thread), and no time limit inside that process would
// notice. So the parent looks, says what it saw, and kills. Linux only: elsewhere nothing is watched.
import { readdirSync, readFileSync } from 'node:fs';

const lookEveryMs = 5_000;

/**
 * Watches the processes of the test files, which are the children of this one.
 *
 * @param {number} limitMs How long a file may take. Several times what the slowest one takes.
 * @param {(text: string) => void} report Told of each child that is killed, with what it and its descendants were at.
 * @returns {() => void} Stops watching.
 */
export function endHungFiles(limitMs, report) {
  const firstSeen = new Map();
  const timer = setInterval(() => {
    const processes = listProcesses();
    const children = processes.filter(({ parent }) => parent === process.pid);
    forgetEnded(firstSeen, children);
    for (const child of children) {
      if (!firstSeen.has(child.pid)) firstSeen.set(child.pid, performance.now());
      if (performance.now() - firstSeen.get(child.pid) < limitMs) continue;
      const tree = withDescendants(child, processes);
      report(`No end after ${limitMs / 1000} s:\n${tree.map(describe).join('\n')}\n`);
      for (const { pid } of tree) kill(pid);
    }
  }, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

function forgetEnded(firstSeen, children) {
  const alive = new Set(children.map(({ pid }) => pid));
  for (const pid of firstSeen.keys()) if (!alive.has(pid)) firstSeen.delete(pid);
}

function listProcesses() {
  return listNumbers('/proc').flatMap((pid) => {
    const stat = read(`/proc/${pid}/stat`);
    // The name in brackets may hold spaces and brackets of its own.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return stat === '' ? [] : [{ pid, state, parent: Number(parent) }];
  });
}

function withDescendants(root, processes) {
  const found = [root];
  for (const { pid } of found) found.push(...processes.filter(({ parent }) => parent === pid));
  return found;
}

/** Command, state and what each thread waits for, so that a lock can be told from work that is slow. */
function describe({ pid, state }) {
  const threads = listNumbers(`/proc/${pid}/task`).map((thread) => {
    const folder = `/proc/${pid}/task/${thread}`;
    return `${read(`${folder}/comm`).trim()} ${read(`${folder}/wchan`) || 'running'}`;
  });
  return `  ${pid} ${state} ${commandOf(pid).slice(-300)}\n    ${threads.join(', ')}`;
}

const commandOf = (pid) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();

function listNumbers(folder) {
  try {
    return readdirSync(folder).map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself meanwhile.
  }
}
