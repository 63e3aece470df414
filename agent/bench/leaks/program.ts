import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markedLines, readChoices, readExpected } from '../marks.js';
import { repositoryRoot } from '../node-versions.js';

/** What the author of a program says that the verdict must be. */
export interface Expectation {
  /** Any of these incidents is right; empty for a healthy program, where all of them are wrong. */
  readonly kinds: readonly string[];
  /** Null where no site can be told, as for memory outside the heap. */
  readonly function: string | null;
  /** Lines that allocate what is kept, and those that call them: V8 charges what an inlined function allocates to the
   *  function that it was inlined into. One-based. */
  readonly lines: readonly number[];
}

/** One program, which leaks or is healthy. */
export interface Program {
  /** File name without its ending. */
  readonly name: string;
  /** Relative to the directory of the programs. */
  readonly file: string;
  readonly expects: Expectation;
}

/** Where the programs lie. */
export const programsDirectory: string = join(repositoryRoot, 'agent', 'bench', 'leaks', 'programs');

/** Every program: those that leak, then those that do not. Throws when one does not say what it expects. */
export function readPrograms(): Program[] {
  return ['leaking', 'healthy'].flatMap((folder) =>
    readdirSync(join(programsDirectory, folder))
      .sort()
      .map((name) => readProgram(join(folder, name), folder === 'leaking')),
  );
}

function readProgram(file: string, leaks: boolean): Program {
  const text = readFileSync(join(programsDirectory, file), 'utf8');
  const expects: Expectation = {
    kinds: readChoices(text, 'kind'),
    function: readExpected(text, 'function'),
    lines: [...markedLines(text, 'culprit'), ...markedLines(text, 'caller')],
  };
  if (expects.kinds.length > 0 !== leaks) {
    throw new Error(`${file} must ${leaks ? '' : 'not '}say "// expect kind:"`);
  }
  if ((expects.function === null) !== (expects.lines.length === 0)) {
    throw new Error(`${file} must say "// expect function:" and mark lines "// culprit", or neither`);
  }
  return { name: file.replace(/^.*\/|\.\w+$/g, ''), file, expects };
}
