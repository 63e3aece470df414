import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markedLines, readChoices, readExpected } from '../marks.js';
import { repositoryRoot } from '../node-versions.js';

/** What the author of a blocking program says that the verdict must be. */
export interface Expectation {
  /** Any of these causes is right. */
  readonly causes: readonly string[];
  readonly function: string;
  /** File of the original source, relative to the program's working directory. */
  readonly file: string;
  /** Lines that carry the marker, one-based. */
  readonly lines: readonly number[];
  /** For each of these lines the column of the call, one-based; null for a line without it, and null altogether where
   *  V8 may take a stack at any place of the line. */
  readonly columns: readonly (number | null)[] | null;
  /** The native call, such as `crypto.pbkdf2Sync`; null for JavaScript. */
  readonly api: string | null;
}

/** One blocking program. */
export interface Program {
  /** File name without its ending. */
  readonly name: string;
  readonly file: string;
  readonly expects: Expectation;
}

/** Where the programs lie as source. */
export const programsDirectory: string = join(repositoryRoot, 'agent', 'bench', 'accuracy', 'programs');

const helpers = new Set(['serve.mjs', 'serve.d.mts']);

/** Every program, by name. Throws when one of them does not say what it expects. */
export function readPrograms(): Program[] {
  const files = readdirSync(programsDirectory).filter(
    (file) => /\.(mjs|cjs|ts)$/.test(file) && !helpers.has(file),
  );
  return files.sort().map((file) => {
    const text = readFileSync(join(programsDirectory, file), 'utf8');
    return { name: file.replace(/\.\w+$/, ''), file, expects: readExpectation(file, text) };
  });
}

/** Reads `// expect cause: a | b`, `// expect function: f`, `// expect api: m.f`, `// expect at: f(`, whose first
 *  place in a marked line is the right column, and the lines that are marked `// culprit`. Throws when cause, function
 *  or marker are missing, or when no marked line has the text. */
export function readExpectation(file: string, text: string): Expectation {
  const causes = readChoices(text, 'cause');
  const name = readExpected(text, 'function');
  const lines = markedLines(text, 'culprit');
  if (causes.length === 0 || name === null || lines.length === 0) {
    throw new Error(
      `${file} must say "// expect cause:", "// expect function:" and mark a line "// culprit"`,
    );
  }
  const at = readExpected(text, 'at');
  const source = text.split('\n');
  const columns = at === null ? null : lines.map((line) => columnOf(source[line - 1] ?? '', at));
  if (columns?.every((column) => column === null)) throw new Error(`${file} marks no line with "${at}"`);
  return { causes, function: name, file, lines, columns, api: readExpected(text, 'api') };
}

function columnOf(line: string, text: string): number | null {
  const index = line.indexOf(text);
  return index < 0 ? null : index + 1;
}
