/** npm run bench -- recordings: records the memory of the programs of `leaks`, second by second, for the tests that play
 *  it to the detectors. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { atExit } from '../at-exit.js';
import { readCommandLine, runBench, tell } from '../command-line.js';
import { containerFor, containerMbFor } from '../leaks/container.js';
import { type Program, programsDirectory, readPrograms } from '../leaks/program.js';
import { nodeBinary, repositoryRoot } from '../node-versions.js';

/** Where the tests look for them. */
const directory = join(repositoryRoot, 'agent', 'test', 'recordings');
const recorder = fileURLToPath(new URL('recorder.js', import.meta.url));
const request = readCommandLine({
  name: 'recordings',
  numbers: {
    rate: { what: 'how fast the programs leak in kB a second', fallback: 2_000, max: 20_000 },
    heap: { what: 'size of their heap in MB', fallback: 512, max: 8_192 },
    seconds: { what: 'how long each is recorded', fallback: 150, max: 3_600 },
    'at-once': { what: 'programs side by side', fallback: 8, max: 64 },
  },
  only: 'programs whose file name holds one of these words',
});
const { rate, heap, seconds, 'at-once': atOnce } = request.numbers as Record<string, number>;
const containerMb = containerMbFor(heap!);

async function main(): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const programs = readPrograms().filter(
    ({ file }) => request.only.length === 0 || request.only.some((word) => file.includes(word)),
  );
  const waiting = request.versions.flatMap((version) => programs.map((program) => ({ program, version })));
  const files: string[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      files.push(await record(next.program, next.version));
  };
  await Promise.all(Array.from({ length: atOnce! }, work));
  const text = request.json ? JSON.stringify({ files }) : files.sort().join('\n');
  process.stdout.write(`${text}\n`);
}

/** Gives the file. @throws Error when the program ends by itself. */
async function record({ name, file }: Program, version: string): Promise<string> {
  const recording = join(directory, `${name}-${version.split('.')[0]}.txt`);
  rmSync(recording, { force: true });
  const group = containerFor(containerMb);
  const conditions = {
    program: name,
    rateMb: rate! / 1_000,
    containerBytes: containerMb === null ? null : containerMb * 1024 ** 2,
  };
  const command = [
    ...(group?.before ?? []),
    nodeBinary(version),
    `--max-old-space-size=${heap}`,
    '--import',
    recorder,
    join(programsDirectory, file),
    String(conditions.rateMb),
  ];
  const child = spawn(command[0]!, command.slice(1), {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, RECORDING_FILE: recording, RECORDING_CONDITIONS: JSON.stringify(conditions) },
  });
  const forget = atExit(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const isOver = await Promise.race([sleep(seconds! * 1_000, true), ended.then(() => false)]);
  child.kill('SIGKILL');
  await ended;
  forget();
  group?.remove();
  if (!isOver) throw new Error(`${name} on Node ${version} ended by itself.`);
  tell(`Node ${version}  ${name}`);
  return recording;
}

await runBench(main);
