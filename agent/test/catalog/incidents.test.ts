import assert from 'node:assert/strict';
import { test } from 'node:test';
import { incidentCatalog } from '../../src/catalog/incidents.js';
import { metricCatalog } from '../../src/catalog/metrics.js';

const rows = Object.entries(incidentCatalog);

for (const [kind, row] of rows) {
  test(`${kind} is found by its kind everywhere`, () => {
    assert.equal(row.kind, kind);
    assert.match(kind, /^[a-z][a-z-]*[a-z]$/);
    assert.equal(row.runbook, `${kind}.md`);
    assert.match(row.alert, /^Nodejs[A-Z][A-Za-z]+$/);
  });

  test(`${kind} says what it means`, () => {
    assert.match(row.meaning, /^[A-Z].*\.$/);
    assert.ok(row.title.length > 3);
    assert.ok(['warning', 'critical'].includes(row.severity));
  });

  test(`${kind} has causes of its own, within the bound of the label that carries them`, () => {
    const bound = metricCatalog.incidents.labels[1]?.bound ?? 0;
    assert.ok(row.causes.length > 0 && row.causes.length <= bound);
    assert.equal(new Set(row.causes).size, row.causes.length);
    assert.ok(row.causes.includes('unknown'), 'a detector must be able to say that it does not know');
  });

  test(`${kind} is resolved within minutes, but not between two looks`, () => {
    assert.ok(row.resolveAfterMs >= 5_000 && row.resolveAfterMs <= 600_000);
  });
}

test('no two kinds share an alert', () => {
  const alerts = rows.map(([, { alert }]) => alert);
  assert.equal(new Set(alerts).size, alerts.length);
});

test('all kinds fit into the label that carries them', () => {
  assert.ok(rows.length <= (metricCatalog.incidentActive.labels[0]?.bound ?? 0));
});
