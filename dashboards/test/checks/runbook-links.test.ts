import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { readEmitted } from '../../src/checks/emitted.js';
import { runbookLinks } from '../../src/checks/runbook-links.js';
import { assertCatches, assertHolds, dashboardFile, output, rulesFile } from '../harness/mutation.js';

const pages = readdirSync(new URL('../../../../runbooks', import.meta.url));

test('holds for the rendered output and the pages of this repository', () => {
  assertHolds(runbookLinks(pages));
});

test('finds links whose page does not exist', () => {
  assert.notDeepEqual(runbookLinks([])(readEmitted(output)), []);
});

test('finds a panel that links to a page that does not exist', () => {
  const mutation = { file: dashboardFile, from: 'event-loop-stall.md', to: 'event-loop.md' };
  assertCatches(runbookLinks(pages), mutation, /leads to no page/);
});

test('finds an alert that links to the page of another incident', () => {
  const mutation = { file: rulesFile, from: 'runbooks/event-loop-stall.md', to: 'runbooks/README.md' };
  assertCatches(runbookLinks(pages), mutation, /page of its incident/);
});
