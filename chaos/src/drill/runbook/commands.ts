import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Page } from './page.js';

const keywords = new Set(
  '! { } ( ) case do done elif else esac fi for function if in then time until while'.split(' '),
);
const builtins = new Set(
  '. : [ alias break cd command continue echo eval exec exit export false getopts hash kill printf pwd read readonly return set shift source test times trap true type ulimit umask unset wait'.split(
    ' ',
  ),
);

/** Names of the programs that a shell script calls: the first word of each command in its pipelines and lists.
 *  Quoted text, here-documents and arguments are passed over; so are keywords, builtins and variables. */
export function programsOf(script: string): readonly string[] {
  const bare = withoutQuotes(script.replace(/\\\n/g, ' ').replace(/(^|\s)#.*$/gm, '$1'));
  const commands = bare.split(/\|\||&&|[|;&\n()]|\$\(/);
  const names = new Set<string>();
  for (const command of commands) {
    const words = command.trim().split(/\s+/).filter(Boolean);
    // `for name in …` and `case word in` name no program.
    if (words[0] === 'for' || words[0] === 'case') continue;
    const first = words.find((word) => !keywords.has(word) && !/^\w+=/.test(word));
    if (!first || builtins.has(first) || !/^[\w./-]+$/.test(first)) continue;
    names.add(first);
  }
  return [...names];
}

/** Whether a program can be found, by path or along PATH. */
export function isOnPath(name: string, path: string): boolean {
  if (name.includes('/')) return isExecutable(name);
  return path.split(delimiter).some((folder) => folder !== '' && isExecutable(join(folder, name)));
}

/** Complaints about commands of a page that do not exist on this machine. */
export function missingCommands({ file, steps }: Page, path: string): readonly string[] {
  return steps
    .filter((step) => step.language === 'sh')
    .flatMap((step) =>
      programsOf(step.script)
        .filter((name) => !isOnPath(name, path))
        .map((name) => `${file}:${step.line}: step "${step.name}": the command ${name} is not on PATH`),
    );
}

/** Replaces quoted text by a word, but keeps the commands inside `"$(…)"`. */
function withoutQuotes(script: string): string {
  const withoutHereDocuments = script.replace(
    /<<-?\s*['"]?(\w+)['"]?([^\n]*)\n[\s\S]*?\n\s*\1(?=\n|$)/g,
    '$2',
  );
  return withoutHereDocuments.replace(/'[^']*'|"(?:[^"\\]|\\.)*"/g, (quoted) => {
    const inner = quoted.startsWith('"') ? /\$\(([^()]*)\)/.exec(quoted)?.[1] : undefined;
    return inner === undefined ? 'Q"' : `Q"$(${inner})`;
  });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
