// npm run bench -- [NAME] [options]: runs one benchmark by its name. --help behind a name is that benchmark's own.
import { fileURLToPath } from 'node:url';

const benches = {
  overhead: ['demo-app/dist/bench/overhead.js', 'what the agent costs, by toggling it A B B A under load'],
  accuracy: [
    'agent/dist/bench/accuracy/main.js',
    'whether the verdict on a blocked loop is right, and how soon',
  ],
  leaks: [
    'agent/dist/bench/leaks/main.js',
    'whether a leak is told, how soon and from which line, and no healthy program',
  ],
  recordings: [
    'agent/dist/bench/recordings/main.js',
    'records the memory of those programs for the tests of the detectors',
  ],
  soak: [
    'agent/dist/bench/soak/main.js',
    'that tens of thousands of captures change nothing in a busy process',
  ],
  'false-positives': [
    'agent/dist/bench/false-positives/main.js',
    'that a healthy service is not blamed for what the machine does',
  ],
  breadcrumbs: ['agent/dist/bench/breadcrumbs/main.js', 'what a marked synchronous call costs'],
  dependencies: ['agent/dist/bench/dependencies/main.js', 'what it costs to follow a call to a dependency'],
  requests: ['agent/dist/bench/requests/main.js', 'what it costs to follow a request to the own server'],
  creations: [
    'agent/dist/bench/creations/main.js',
    'what it costs to look for who makes timers or sockets that become more',
  ],
  sampling: [
    'agent/dist/bench/sampling/main.js',
    'what it adds to a request that allocations are sampled all the time',
  ],
  collections: [
    'agent/dist/bench/collections/main.js',
    'for how long a collection that the agent asks for holds the main thread up',
  ],
  pools: ['agent/dist/bench/pools/main.js', 'what it costs to follow a connection out of a pool and back'],
};
const [first = 'overhead', ...rest] = process.argv.slice(2);
const isName = !first.startsWith('--');
const name = isName ? first : 'overhead';
const words = isName ? rest : [first, ...rest];
const list = Object.entries(benches).map(([id, [, what]]) => `  ${id.padEnd(17)}${what}`);

if (!isName && words.includes('--help')) {
  process.stdout.write(
    `Usage: npm run bench -- [NAME] [options]\n\n${list.join('\n')}\n\nNAME --help tells the options of one; overhead runs without a NAME.\n`,
  );
} else if (!Object.hasOwn(benches, name)) {
  process.stderr.write(`There is no benchmark ${name}; there is\n${list.join('\n')}\n`);
  process.exitCode = 2;
} else {
  const file = new URL(`../${benches[name][0]}`, import.meta.url);
  process.argv = [process.execPath, fileURLToPath(file), ...words];
  await import(file.href);
}
