import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFakeRoot } from '../../harness/drill/fake-root.js';
import { runFakeDrill } from '../../harness/drill/run-fake.js';

const isoWithOffset = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/;

test('the journal has the fields of Chaos Toolkit, and the reports are made from it', async (t) => {
  const root = createFakeRoot(t);
  const { journal: path } = await runFakeDrill(root);
  assert.ok(path);
  const journal = JSON.parse(root.read(path.slice(root.path.length + 1)));
  assert.deepEqual(Object.keys(journal), [
    'chaoslib-version',
    'platform',
    'node',
    'experiment',
    'start',
    'end',
    'duration',
    'status',
    'deviated',
    'steady_states',
    'run',
    'rollbacks',
    'faultline',
  ]);
  assert.equal(journal.status, 'completed');
  assert.equal(journal.deviated, false);
  assert.match(journal.start, isoWithOffset);
  assert.match(journal.end, isoWithOffset);
  assert.ok(journal.duration > 0 && journal.duration < 120);
  assert.equal(journal.experiment.title, 'Something is broken');
  for (const when of ['before', 'after']) {
    assert.equal(journal.steady_states[when].steady_state_met, true);
    assert.equal(journal.steady_states[when].probes[0].tolerance_met, true);
  }
  const [injection] = journal.run;
  assert.equal(injection.activity.name, 'inject fake-fault');
  assert.equal(injection.status, 'succeeded');
  assert.match(injection.start, isoWithOffset);
  assert.equal(journal.rollbacks[0].activity.name, 'rolled back');
  assert.equal(journal.faultline.lease.revert.verified, true);
  assert.equal(journal.faultline.result.passed, true);
  assert.equal(statSync(path).mode & 0o777, 0o600);

  const base = path.replace(/\.json$/, '').slice(root.path.length + 1);
  assert.match(root.read(`${base}.md`), /^# Something is broken: passed\n/);
  const html = root.read(`${base}.html`);
  assert.match(html, /<title>Something is broken: passed<\/title>/);
  assert.doesNotMatch(html, /<script|<link|src=/, 'the page needs nothing else');
});

test('a folder that cannot be written fails the drill, and says so', async (t) => {
  const root = createFakeRoot(t);
  root.write('journals', 'a file where the folder should be');
  const result = await runFakeDrill(root, { startFails: true });
  assert.equal(result.passed, false);
  assert.equal(result.journal, null);
  assert.match(
    result.failures.at(-1) ?? '',
    new RegExp(`could not be written to ${join(root.path, 'journals')}`),
  );
});
