import type { Journal } from '../journal/journal.js';
import { collectFacts, outcomeOf } from './facts.js';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head: readonly string[], rows: readonly (readonly string[])[]) => [
  `| ${head.join(' | ')} |`,
  `| ${head.map(() => '---').join(' | ')} |`,
  ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
];

/** The report of a drill as Markdown. */
export function reportMarkdown(journal: Journal): string {
  const facts = collectFacts(journal);
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines];
  const steps = facts.steps.map((step) => [step.name, step.section, step.on, outcomeOf(step), step.because]);
  const phases = facts.phases.map(({ name, duration, passed }) => [
    name,
    `${duration.toFixed(1)} s`,
    passed ? 'passed' : 'failed',
  ]);
  return [
    `# ${facts.title}: ${facts.verdict}`,
    '',
    facts.description,
    '',
    ...table(['', ''], facts.rows),
    ...section(
      'Failures',
      facts.failures.map((failure) => `- ${failure}`),
    ),
    ...section(
      'Notes',
      facts.notes.map((note) => `- ${note}`),
    ),
    ...section('Phases', phases.length === 0 ? [] : table(['phase', 'duration', 'outcome'], phases)),
    ...section(
      'Runbook steps',
      steps.length === 0 ? [] : table(['step', 'section', 'ran on', 'outcome', 'because'], steps),
    ),
    ...section('Stack', facts.stack.length === 0 ? [] : ['```text', ...facts.stack, '```']),
    '',
  ].join('\n');
}
