import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from '../at-exit.js';
import { repositoryRoot } from '../node-versions.js';

const moduleCount = 400;
const functionsPerModule = 60;

/** Directory of the healthy service, outside of the repository. */
export interface ServiceDirectory {
  readonly directory: string;
  readonly program: string;
  /** A module that loads hundreds of others at once when it is required. */
  readonly heavyModule: string;
  remove(): void;
}

export function createServiceDirectory(): ServiceDirectory {
  const directory = mkdtempSync(join(tmpdir(), 'faultline-healthy-'));
  const discard = (): void => rmSync(directory, { recursive: true, force: true });
  const forget = atExit(discard);
  const source = join(repositoryRoot, 'agent', 'bench', 'false-positives', 'service.cjs');
  const program = join(directory, 'service.cjs');
  const modules = join(directory, 'modules');
  const heavyModule = join(modules, 'index.cjs');
  cpSync(source, program);
  mkdirSync(modules);
  for (let index = 0; index < moduleCount; index += 1) {
    writeFileSync(join(modules, `m${index}.cjs`), moduleText(index));
  }
  const remove = (): void => {
    forget();
    discard();
  };
  const list = `Array.from({ length: ${moduleCount} }, (_, index) => require(\`./m\${index}.cjs\`))`;
  writeFileSync(heavyModule, `module.exports = ${list};\n`);
  return {
    directory,
    program,
    heavyModule,
    remove,
  };
}

/** Code that must be compiled and run when it is loaded. */
function moduleText(index: number): string {
  const functions = Array.from(
    { length: functionsPerModule },
    (_, each) =>
      `exports.f${each} = (function make(seed) { const table = new Map(); ` +
      `for (let i = 0; i < 40; i += 1) table.set('k' + i * seed, { i, seed }); ` +
      `return (key) => table.get(key); })(${index + each});`,
  );
  return `${functions.join('\n')}\n`;
}
