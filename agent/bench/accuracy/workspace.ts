import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from '../at-exit.js';
import { repositoryRoot } from '../node-versions.js';
import { type Program, programsDirectory } from './program.js';

/** A copy of the programs outside of the repository: nothing under the agent's own package is ever a culprit. */
export interface Workspace {
  readonly directory: string;
  /** The file that Node is to run for a program. */
  entryOf(program: Program): string;
  remove(): void;
}

/** Lays out the programs as a service is laid out: sources, what TypeScript makes of them, and node_modules. */
export function createWorkspace(): Workspace {
  const directory = mkdtempSync(join(tmpdir(), 'faultline-accuracy-'));
  const built = join(directory, 'build');
  const discard = (): void => rmSync(directory, { recursive: true, force: true });
  const forget = atExit(discard);
  const remove = (): void => {
    forget();
    discard();
  };
  try {
    cpSync(programsDirectory, directory, { recursive: true });
    mkdirSync(join(directory, 'node_modules'));
    cpSync(join(programsDirectory, 'packages'), join(directory, 'node_modules'), { recursive: true });
    writeFileSync(join(directory, 'package.json'), '{ "name": "blocking-programs", "type": "module" }\n');
    transpile(directory, built);
    cpSync(join(directory, 'serve.mjs'), join(built, 'serve.mjs'));
  } catch (error) {
    remove();
    throw error;
  }
  return {
    directory,
    entryOf: ({ file, name }) => (file.endsWith('.ts') ? join(built, `${name}.js`) : join(directory, file)),
    remove,
  };
}

/** The program's name says where its source map goes. */
function transpile(directory: string, built: string): void {
  const compiler = join(repositoryRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  for (const file of readdirSync(directory).filter((each) => each.endsWith('.ts'))) {
    const map = file.includes('inline') ? '--inlineSourceMap' : '--sourceMap';
    const words = ['--noCheck', '--target', 'es2022', '--module', 'nodenext', map, '--outDir', built, file];
    execFileSync(process.execPath, [compiler, '--ignoreConfig', ...words], { cwd: directory, stdio: 'pipe' });
  }
}
