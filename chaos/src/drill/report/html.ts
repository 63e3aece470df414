import type { Journal } from '../journal/journal.js';
import type { StepRecord } from '../record.js';
import { collectFacts, outcomeOf, type ReportedPhase } from './facts.js';

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 small { font-size: 1rem; padding: .1rem .6rem; border-radius: 1rem; color: #fff; vertical-align: middle; }
.passed { background: #1a7f37; } .failed { background: #c01c28; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top; border-bottom: 1px solid #8884; }
th { font-weight: 600; white-space: nowrap; }
.bar { background: #4a7ebb; height: .7rem; border-radius: .2rem; min-width: 2px; }
.bar.bad { background: #c01c28; }
pre { overflow: auto; padding: .75rem; background: #8882; border-radius: .4rem; max-height: 24rem; }
`;

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const list = (title: string, items: readonly string[]) =>
  items.length === 0
    ? ''
    : `<h2>${title}</h2><ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`;

/** The report of a drill as one page that needs nothing else: no script, no font, no network. */
export function reportHtml(journal: Journal): string {
  const facts = collectFacts(journal);
  const rows = facts.rows.map(
    ([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  );
  const stack = facts.stack.length === 0 ? '' : `<h2>Stack</h2><pre>${escaped(facts.stack.join('\n'))}</pre>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(facts.title)}: ${escaped(facts.verdict)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(facts.title)} <small class="${facts.passed ? 'passed' : 'failed'}">${escaped(facts.verdict)}</small></h1>
<p>${escaped(facts.description)}</p>
<table>${rows.join('\n')}</table>
${list('Failures', facts.failures)}
${list('Notes', facts.notes)}
${phaseTable(facts.phases)}
${stepList(facts.steps)}
${stack}
</body>
</html>
`;
}

function phaseTable(phases: readonly ReportedPhase[]): string {
  if (phases.length === 0) return '';
  const longest = Math.max(...phases.map((phase) => phase.duration));
  const rows = phases.map(({ name, duration, passed }) => {
    const width = longest === 0 ? 0 : (duration / longest) * 100;
    const bar = `<div class="bar${passed ? '' : ' bad'}" style="width:${width.toFixed(1)}%"></div>`;
    const seconds = `${duration.toFixed(1)} s`;
    return `<tr><th scope="row">${escaped(name)}</th><td>${seconds}</td><td>${passed ? '✔' : '✖'}</td><td width="50%">${bar}</td></tr>`;
  });
  return `<h2>Phases</h2><table>${rows.join('\n')}</table>`;
}

function stepList(steps: readonly StepRecord[]): string {
  if (steps.length === 0) return '';
  const items = steps.map((step) => {
    const { name, section, on, passed, skipped, because, output } = step;
    const isGood = on === 'control' ? !passed : passed;
    const mark = skipped !== null ? '–' : isGood ? '✔' : '✖';
    const where =
      on === 'control' ? 'on the healthy service' : on === 'undo' ? 'to take it back' : 'on the fault';
    const shown = output.trim() === '' ? '' : `<pre>${escaped(output.trim())}</pre>`;
    const summary = `${mark} ${name} (${section}, ${where}) ${outcomeOf(step)}: ${because}`;
    return `<details><summary>${escaped(summary)}</summary>${shown}</details>`;
  });
  return `<h2>Runbook steps</h2>${items.join('\n')}`;
}
