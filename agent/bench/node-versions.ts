import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The versions that the agent is held to: the newest of each supported major. */
export const supportedVersions: readonly string[] = ['20.20.2', '22.23.3', '24.21.0', '26.10.0'];

/** Root of the repository. */
export const repositoryRoot: string = fileURLToPath(new URL('../../..', import.meta.url));

const platform = process.platform === 'win32' ? 'win' : process.platform;
const majorOf = (version: string): string => version.split('.')[0]!;
const majors = supportedVersions.map(majorOf);

/** The versions whose majors are named; all of them for none. Throws a RangeError that names the majors there
 *  are. */
export function chooseVersions(words: readonly string[]): readonly string[] {
  const strange = words.find((word) => !majors.includes(word));
  if (strange !== undefined) {
    throw new RangeError(`The Node version must be one of ${majors.join(', ')}; got "${strange}".`);
  }
  return supportedVersions.filter((version) => words.length === 0 || words.includes(majorOf(version)));
}

/** Path of that Node: this process's own if it is the one, else from the npm registry (the packages behind the
 *  package `node`) into .cache/node, once. Throws when this machine cannot get it. */
export function nodeBinary(version: string): string {
  if (process.versions.node === version) return process.execPath;
  const name = `node-${platform}-${process.arch}`;
  const prefix = join(repositoryRoot, '.cache', 'node', version);
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const binary = join(prefix, 'node_modules', name, 'bin', file);
  if (existsSync(binary)) return binary;
  mkdirSync(prefix, { recursive: true });
  const words = ['install', '--prefix', prefix, '--no-save', '--no-audit', '--no-fund', `${name}@${version}`];
  const { status } = spawnSync('npm', words, {
    cwd: prefix,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0 || !existsSync(binary)) throw new Error(`npm could not install ${name}@${version}`);
  return binary;
}
