/** What the author of a program for a benchmark says in its comments. */

/** The rest of the line `// expect NAME: …`; null without one. */
export function readExpected(text: string, name: string): string | null {
  return new RegExp(`^// expect ${name}: (.+)$`, 'm').exec(text)?.[1]?.trim() ?? null;
}

/** Like readExpected(), with what stands between bars; empty without such a line. */
export function readChoices(text: string, name: string): string[] {
  return (readExpected(text, name) ?? '').split('|').flatMap((word) => word.trim() || []);
}

/** One-based numbers of the lines that end with `// WORD`, or follow a line that says nothing else. */
export function markedLines(text: string, word: string): number[] {
  const mark = `// ${word}`;
  const lines = text.split('\n').map((line) => line.trim());
  return lines.flatMap((line, index) => {
    const isMarked = line.endsWith(mark) && line !== mark;
    return isMarked || lines[index - 1] === mark ? [index + 1] : [];
  });
}
