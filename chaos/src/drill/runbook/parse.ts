import { parse as parseYaml } from 'yaml';
import { DrillError } from '../errors.js';
import { expectationComplaint } from './expectation.js';
import { readMarkdown } from './markdown.js';
import type { Fence, Page, PageHead, Step } from './page.js';

/** Everything that is wrong with a page, or the page. A page with problems is never executed. */
export interface ParsedPage {
  readonly page: Page;
  /** One complaint an entry, as `file:line: what`. */
  readonly problems: readonly string[];
}

/** Sections whose commands must all be steps: a command there that nobody executes is a guess. */
const executedSections = new Set(['Is it really this?', 'Confirm', 'Mitigate', 'Verify recovered']);
const stepAttributes = new Set(['step', 'expect', 'control', 'within', 'undoes']);
/** Unit: s. */
const verifyWithin = 30;
const maxWithin = 300;

/** Reads a page and says what is wrong with it. */
export function parsePage(text: string, file: string): ParsedPage {
  const problems: string[] = [];
  const complain = (line: number, what: string) => problems.push(`${file}:${line}: ${what}`);
  const markdown = readMarkdown(text);
  if (markdown.unclosedFence !== null) complain(markdown.unclosedFence, 'this fenced block is never closed');
  const head = readHead(markdown.frontMatter, (what) => complain(1, what));
  const steps: Step[] = [];
  for (const [index, fence] of markdown.fences.entries()) {
    const step = readStep(fence, markdown.fences[index + 1], complain);
    if (!step) continue;
    if (steps.some((other) => other.name === step.name))
      complain(step.line, `two steps are named "${step.name}"`);
    steps.push(step);
  }
  if (steps.length === 0) complain(1, 'the page has no step, so a drill cannot prove it');
  for (const step of steps) {
    const undone = steps.find((other) => other.name === step.undoes);
    if (step.undoes === null || undone?.section === 'Mitigate') continue;
    complain(step.line, `step "${step.name}" undoes "${step.undoes}", which is no step under Mitigate`);
  }
  const { headings, fences, links } = markdown;
  return { page: { file, head, headings, steps, fences, links }, problems };
}

/** Reads a page that is about to be executed.
 *  @throws DrillError `page-invalid` with every problem. */
export function requirePage(text: string, file: string): Page {
  const { page, problems } = parsePage(text, file);
  if (problems.length > 0) throw new DrillError('page-invalid', problems.join('\n'));
  return page;
}

type Complain = (line: number, what: string) => void;

function readHead(text: string | null, complain: (what: string) => void): PageHead {
  const fields: Record<string, unknown> = {};
  if (text === null) complain('front matter with incident, alerts, severity and drills is missing');
  else {
    try {
      Object.assign(fields, parseYaml(text));
    } catch {
      complain('the front matter is not YAML');
    }
  }
  const word = (key: string): string => {
    const value = fields[key];
    if (typeof value === 'string' && value !== '') return value;
    if (text !== null) complain(`front matter: ${key} must be a text`);
    return '';
  };
  const list = (key: string): readonly string[] => {
    const value = fields[key];
    const items = Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
    if (items.length === 0 && text !== null) complain(`front matter: ${key} must be a list of texts`);
    return items;
  };
  return {
    incident: word('incident'),
    alerts: list('alerts'),
    severity: word('severity'),
    drills: list('drills'),
  };
}

function readStep(fence: Fence, next: Fence | undefined, complain: Complain): Step | null {
  const { language, attributes, section, line } = fence;
  if (language !== 'sh' && language !== 'promql') {
    if (attributes.has('step'))
      complain(line, `a step must be sh or promql, got ${language || 'no language'}`);
    return null;
  }
  const name = attributes.get('step');
  if (!name) {
    const isStep = attributes.size > 0 || executedSections.has(section);
    if (isStep) complain(line, `this ${language} block under "${section}" has no name: add step="…"`);
    return null;
  }
  const unknown = [...attributes.keys()].find((key) => !stepAttributes.has(key));
  if (unknown) complain(line, `step "${name}": unknown attribute ${unknown}`);
  const expect = attributes.get('expect');
  if (expect !== 'match') complain(line, `step "${name}": expect="match" is missing`);
  if (fence.content.trim() === '') complain(line, `step "${name}" is empty`);
  return {
    name,
    language,
    script: fence.content,
    expected: readExpected(name, fence, next, complain),
    section,
    differs: readDiffers(fence, complain),
    within: readWithin(fence, complain),
    undoes: attributes.get('undoes') ?? null,
    line,
  };
}

function readExpected(
  name: string,
  fence: Fence,
  next: Fence | undefined,
  complain: Complain,
): readonly string[] {
  const isExpectation = next?.language === 'text' && next.words.includes('expected');
  const lines = next?.content.split('\n').filter((line) => line.trim() !== '') ?? [];
  if (!isExpectation || next.section !== fence.section || lines.length === 0) {
    complain(fence.line, `step "${name}" has no expectation: a block "text expected" must follow`);
    return [];
  }
  for (const line of lines) {
    const complaint = expectationComplaint(line);
    if (complaint) complain(next.line, `step "${name}": ${complaint}`);
  }
  return lines;
}

function readDiffers({ attributes, section, line }: Fence, complain: Complain): boolean {
  const control = attributes.get('control');
  if (control === 'differ') return true;
  if (control === 'any') return false;
  if (control !== undefined) complain(line, `control must be "differ" or "any", got "${control}"`);
  return section === 'Confirm';
}

function readWithin({ attributes, section, line }: Fence, complain: Complain): number {
  const text = attributes.get('within');
  if (text === undefined) return section === 'Verify recovered' ? verifyWithin : 0;
  const seconds = Number(/^(\d+)s$/.exec(text)?.[1]);
  if (seconds > 0 && seconds <= maxWithin) return seconds;
  complain(line, `within must be 1s to ${maxWithin}s, got "${text}"`);
  return 0;
}
