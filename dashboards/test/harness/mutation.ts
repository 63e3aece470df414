import assert from 'node:assert/strict';
import { defaultRunbookUrl } from '@faultline/agent/catalog';
import { readEmitted } from '../../src/checks/emitted.js';
import type { Check } from '../../src/checks/finding.js';
import { renderOutput } from '../../src/output.js';

/** The real output, rendered once. */
export const output = renderOutput(defaultRunbookUrl);

export const dashboardFile = 'grafana/on-call.json';
export const rulesFile = 'prometheus/rules.yaml';
export const drillRulesFile = 'prometheus/drill/rules.yaml';

/** A change to one file of the real output. */
export interface Mutation {
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
}

/** Asserts that the rule holds for the real output. */
export function assertHolds(check: Check): void {
  assert.deepEqual(check(readEmitted(output)), []);
}

/** Asserts that the rule finds the mutation, and says so in words that match. */
export function assertCatches(check: Check, { file, from, to }: Mutation, message: RegExp): void {
  const text = output.get(file) ?? '';
  const mutated = text.replace(from, () => to);
  assert.notEqual(mutated, text, `the mutation changes nothing in ${file}`);
  const findings = check(readEmitted(new Map([...output, [file, mutated]])));
  assert.ok(
    findings.some((finding) => message.test(`${finding.where}: ${finding.message}`)),
    `expected a finding like ${message}, got ${JSON.stringify(findings)}`,
  );
}
