import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CodeCulprit, IncidentList } from '../../src/protocol/incident.js';
import { type ChildOptions, startChild } from '../harness/child.js';
import { getJson } from '../harness/http.js';
import { until } from '../harness/wait.js';

/** What a compiler makes of report.ts, where the loop stands in line 9 and the call in line 14. */
const compiled = `function buildReport(ms) {
  const end = Date.now() + ms;
  let sum = 0;
  while (Date.now() < end) sum += Math.sqrt(sum + 1);
  return sum;
}
setInterval(() => {}, 1000);
process.on('SIGUSR2', () => buildReport(700));
console.log('ready');
`;
/** Line 4 of the compiled file is line 9 of the source, line 8 is line 14; all columns begin at 2 and 0. */
const map = {
  version: 3,
  file: 'report.js',
  sources: ['../src/report.ts'],
  names: [],
  mappings: ';;;EAQE;;;;AAKF;',
};

async function culpritOf(t: Parameters<typeof startChild>[0], options: ChildOptions): Promise<CodeCulprit> {
  const child = startChild(t, options);
  const url = await child.url();
  await child.printed(/(ready)/);
  child.kill('SIGUSR2');
  return until('the culprit is known', async () => {
    const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
    const culprit = incidents.find(({ evidence }) => evidence.length > 0)?.culprit;
    return culprit?.type === 'code' && culprit;
  });
}

describe('names the line of the TypeScript source', () => {
  test('through a map beside the compiled file', async (t) => {
    const culprit = await culpritOf(t, {
      name: 'report.mjs',
      program: `${compiled}//# sourceMappingURL=report.mjs.map\n`,
      files: { 'report.mjs.map': JSON.stringify({ ...map, sources: ['src/report.ts'] }) },
    });
    assert.deepEqual([culprit.function, culprit.file, culprit.line], ['buildReport', 'src/report.ts', 9]);
    assert.match(culprit.stack[0]!, /^buildReport \(src\/report\.ts:9:\d+\)$/);
    assert.ok(
      culprit.stack.some((frame) => frame.includes('src/report.ts:14:')),
      culprit.stack.join('\n'),
    );
  });

  test('through a map inside the compiled file, also with --enable-source-maps', async (t) => {
    const text = Buffer.from(JSON.stringify({ ...map, sources: ['src/report.ts'] })).toString('base64');
    const program = `${compiled}//# sourceMappingURL=data:application/json;base64,${text}\n`;
    const register = new URL('../../src/register.js', import.meta.url).href;
    const flags = ['--enable-source-maps', '--import', register];
    const culprit = await culpritOf(t, { name: 'report.mjs', program, flags });
    assert.deepEqual([culprit.file, culprit.line], ['src/report.ts', 9]);
  });

  test('that Node runs itself, without its types', async (t) => {
    if (!Reflect.get(process.features, 'typescript')) return t.skip('this Node cannot run TypeScript');
    const program = compiled.replace('(ms)', '(ms: number): number').replace('let sum', 'let sum: number');
    const culprit = await culpritOf(t, { name: 'report.mts', program });
    assert.deepEqual([culprit.file, culprit.line], ['report.mts', 4]);
  });
});

test('names the line that ran when the map is broken', async (t) => {
  const program = `${compiled}//# sourceMappingURL=report.mjs.map\n`;
  const culprit = await culpritOf(t, { name: 'report.mjs', program, files: { 'report.mjs.map': '{' } });
  assert.deepEqual([culprit.function, culprit.file, culprit.line], ['buildReport', 'report.mjs', 4]);
});
