#!/usr/bin/env node

import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { defaultRunbookUrl } from '@faultline/agent/catalog';
import { checks } from './checks/all.js';
import { readEmitted } from './checks/emitted.js';
import { compareFiles, writeFiles } from './files.js';
import { type Output, renderOutput } from './output.js';

const defaultOut = resolve(fileURLToPath(new URL('../../out', import.meta.url)));

const help = `Usage: node dashboards/dist/src/render.js [options]

Writes the dashboard, rules and example configurations.

  --check            write nothing; exit 1 and name the files that differ from what would be written
  --out DIR          directory to write to or to compare with (default: dashboards/out)
  --runbook-url URL  folder of the runbooks, ends with a slash
                     (default: ${defaultRunbookUrl})
  --help             this text

Exit codes: 0 done, 1 files differ or cannot be written, 2 wrong usage.
`;

interface Options {
  readonly check: boolean;
  readonly help: boolean;
  readonly out: string;
  readonly runbookUrl: string;
}

/** Throws an error that says which argument is wrong. */
function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      out: { type: 'string', default: defaultOut },
      'runbook-url': { type: 'string', default: defaultRunbookUrl },
    },
  });
  const runbookUrl = values['runbook-url'];
  if (!URL.canParse(runbookUrl) || !/^https?:\/\/.*\/$/.test(runbookUrl)) {
    throw new Error(`--runbook-url must be an http(s) address that ends with a slash, got "${runbookUrl}".`);
  }
  return { check: values.check, help: values.help, out: resolve(values.out), runbookUrl };
}

async function run({ check, out, runbookUrl }: Options): Promise<number> {
  const output = renderOutput(runbookUrl);
  const findings = findingsIn(output);
  if (findings.length > 0) {
    process.stderr.write(
      `The rules of dashboards/src/checks are broken:\n${findings.join('')}Nothing was written.\n`,
    );
    return 1;
  }
  if (!check) {
    await writeFiles(out, output);
    process.stdout.write(`Wrote ${output.size} files to ${out}\n`);
    return 0;
  }
  const differences = await compareFiles(out, output);
  if (differences.length === 0) {
    process.stdout.write(`${output.size} files in ${out} are up to date\n`);
    return 0;
  }
  const command = 'npx tsc --build dashboards && node dashboards/dist/src/render.js';
  const list = differences.map(({ path, state }) => `  ${path} (${state})\n`).join('');
  process.stderr.write(`Files in ${out} are not what dashboards/src renders:\n${list}Run: ${command}\n`);
  return 1;
}

/** What breaks the rules of `checks`, one line each. */
function findingsIn(output: Output): readonly string[] {
  const emitted = readEmitted(output);
  return Object.entries(checks).flatMap(([name, check]) =>
    check(emitted).map(({ where, message }) => `  ${name}: ${where}: ${message}\n`),
  );
}

async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(args);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\nRun with --help for the options.\n`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  try {
    return await run(options);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return 1;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

process.exitCode = await main(process.argv.slice(2));
