import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { incidentCatalog } from '../../../src/catalog/incidents.js';
import type { Incident } from '../../../src/protocol/incident.js';
import { createIncidentBook } from '../../../src/sidecar/incidents/book.js';
import { aFinding } from '../../harness/make.js';

const { resolveAfterMs } = incidentCatalog['event-loop-stall'];
const startedAt = Date.parse('2026-01-01T00:00:00.000Z');

const idsOf = (incidents: readonly Incident[]) => incidents.map(({ id }) => id);

function openBook() {
  const clock = { now: startedAt };
  const events: string[] = [];
  let ids = 0;
  const book = createIncidentBook({
    now: () => clock.now,
    newId: () => `id-${++ids}`,
    runbookUrl: 'https://books/',
    onEvent: (event, incident, key) => events.push(`${event} ${incident.id} ${key}`),
  });
  const pass = (ms: number): void => {
    clock.now += ms;
    book.tick();
  };
  return { book, events, pass };
}

describe('a finding', () => {
  test('opens an incident with everything that it says', () => {
    const { book, events } = openBook();
    const { key: _key, ...verdict } = aFinding();
    const incident = book.report(aFinding());
    assert.deepEqual(incident, {
      ...verdict,
      id: 'id-1',
      status: 'open',
      openedAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T00:00:00.000Z',
      resolvedAt: null,
      evidence: [],
      runbook: 'https://books/event-loop-stall.md',
    });
    assert.deepEqual(book.get('id-1'), incident);
    assert.deepEqual(events, ['opened id-1 GET /report']);
  });

  test('under the same key becomes part of the open incident', () => {
    const { book, events, pass } = openBook();
    book.report(aFinding());
    pass(1_000);
    const incident = book.report(aFinding({ occurrences: 2, title: 'again' }));
    assert.deepEqual([incident.id, incident.occurrences, incident.title], ['id-1', 2, 'again']);
    assert.equal(incident.openedAt, '2026-01-01T00:00:00.000Z');
    assert.equal(incident.updatedAt, '2026-01-01T00:00:01.000Z');
    assert.equal(book.list().length, 1);
    assert.equal(events.at(-1), 'updated id-1 GET /report');
  });

  test('under another key opens another incident', () => {
    const { book } = openBook();
    book.report(aFinding());
    assert.equal(book.report(aFinding({ key: 'GET /other' })).id, 'id-2');
  });

  test('after the incident was resolved opens a new one', () => {
    const { book, pass } = openBook();
    book.report(aFinding());
    pass(resolveAfterMs);
    assert.equal(book.report(aFinding()).id, 'id-2');
    assert.equal(book.get('id-1')?.status, 'resolved');
  });
});

describe('a finding whose key has changed', () => {
  const known = aFinding({ formerKey: 'stall 1', title: 'now known' });

  test('takes the incident of its former key along', () => {
    const { book, events } = openBook();
    book.report(aFinding({ key: 'stall 1' }));
    assert.equal(book.report(known).id, 'id-1');
    assert.equal(book.report(aFinding()).id, 'id-1');
    assert.deepEqual(events.slice(1), ['updated id-1 GET /report', 'updated id-1 GET /report']);
  });

  test('joins the incident that is open under its new key, and the former one is over', () => {
    const { book, events } = openBook();
    book.report(aFinding());
    book.report(aFinding({ key: 'stall 1' }));
    assert.equal(book.report(known).id, 'id-1');
    assert.equal(book.get('id-2')?.status, 'resolved');
    assert.deepEqual(events.slice(2), ['resolved id-2 stall 1', 'updated id-1 GET /report']);
  });

  test('opens an incident when there is none under either', () => {
    const { book } = openBook();
    assert.equal(book.report(known).id, 'id-1');
  });
});

describe('severity', () => {
  test('rises with a critical finding, which is told once', () => {
    const { book, events } = openBook();
    book.report(aFinding());
    assert.equal(book.report(aFinding({ severity: 'critical' })).severity, 'critical');
    book.report(aFinding({ severity: 'critical' }));
    assert.deepEqual(
      events.map((event) => event.split(' ')[0]),
      ['opened', 'escalated', 'updated'],
    );
  });

  test('stays critical until the incident is over', () => {
    const { book, events } = openBook();
    book.report(aFinding({ severity: 'critical' }));
    assert.equal(book.report(aFinding()).severity, 'critical');
    assert.equal(book.report(aFinding({ severity: 'critical' })).severity, 'critical');
    assert.ok(!events.some((event) => event.startsWith('escalated')));
  });
});

describe('an incident is resolved', () => {
  test('when its kind was quiet for long enough, and not a millisecond before', () => {
    const { book, events, pass } = openBook();
    book.report(aFinding());
    pass(resolveAfterMs - 1);
    assert.equal(book.get('id-1')?.status, 'open');
    pass(1);
    const incident = book.get('id-1');
    assert.equal(incident?.status, 'resolved');
    assert.equal(incident?.resolvedAt, new Date(startedAt + resolveAfterMs).toISOString());
    assert.equal(incident?.updatedAt, incident?.resolvedAt);
    assert.equal(events.at(-1), 'resolved id-1 GET /report');
  });

  test('later, when a finding came in between', () => {
    const { book, pass } = openBook();
    book.report(aFinding());
    pass(resolveAfterMs - 1);
    book.report(aFinding());
    pass(resolveAfterMs - 1);
    assert.equal(book.get('id-1')?.status, 'open');
  });

  test('once', () => {
    const { events, book, pass } = openBook();
    book.report(aFinding());
    pass(resolveAfterMs);
    pass(resolveAfterMs);
    assert.equal(events.filter((event) => event.startsWith('resolved')).length, 1);
  });
});

test('lists open incidents first, then the newest first', () => {
  const { book, pass } = openBook();
  for (const key of ['a', 'b', 'c', 'd']) {
    book.report(aFinding({ key }));
    pass(1_000);
  }
  book.report(aFinding({ key: 'a' }));
  assert.deepEqual(idsOf(book.list()), ['id-4', 'id-3', 'id-2', 'id-1']);
  pass(resolveAfterMs - 500);
  assert.deepEqual(idsOf(book.list()), ['id-1', 'id-4', 'id-3', 'id-2']);
});

describe('evidence', () => {
  const stacks = { name: 'stacks.json', type: 'application/json', bytes: 10 };

  test('is attached, and replaced when it comes again', () => {
    const { book } = openBook();
    book.report(aFinding());
    book.attach('id-1', stacks);
    book.attach('id-1', { ...stacks, name: 'heap.json' });
    book.attach('id-1', { ...stacks, bytes: 20 });
    assert.deepEqual(
      book.get('id-1')?.evidence.map(({ name, bytes }) => [name, bytes]),
      [
        ['heap.json', 10],
        ['stacks.json', 20],
      ],
    );
  });

  test('stays when the incident is updated and resolved', () => {
    const { book, pass } = openBook();
    book.report(aFinding());
    book.attach('id-1', stacks);
    book.report(aFinding());
    pass(resolveAfterMs);
    assert.equal(book.get('id-1')?.evidence.length, 1);
  });

  test('for an incident that is not kept any more is no error', () => openBook().book.attach('gone', stacks));
});

describe('keeps 200 incidents', () => {
  test('and drops the oldest resolved ones first', () => {
    const { book, pass } = openBook();
    book.report(aFinding({ key: 'open all the time' }));
    for (let index = 0; index < 250; index += 1) {
      book.report(aFinding({ key: `short ${index}` }));
      for (const half of [1, 2]) {
        pass(resolveAfterMs / 2);
        book.report(aFinding({ key: 'open all the time', occurrences: half }));
      }
    }
    assert.equal(book.list().length, 200);
    assert.equal(book.get('id-1')?.status, 'open');
    assert.equal(book.get('id-2'), null);
    assert.notEqual(book.get('id-251'), null);
  });

  test('also when all of them are open', () => {
    const { book } = openBook();
    for (let index = 0; index < 300; index += 1) book.report(aFinding({ key: `${index}` }));
    assert.equal(book.list().length, 200);
    assert.notEqual(book.get('id-300'), null);
  });
});

describe('an incident of a former process', () => {
  const former = (id: string): Incident => {
    const { book } = openBook();
    const incident = book.report(aFinding());
    return { ...incident, id, status: 'resolved', resolvedAt: incident.updatedAt };
  };

  test('stands beside the others, is no event and is not counted', () => {
    const { book, events } = openBook();
    book.adopt(former('old'));
    book.report(aFinding());
    assert.deepEqual(idsOf(book.list()), ['id-1', 'old']);
    assert.deepEqual(events, ['opened id-1 GET /report']);
    assert.equal(book.opened().find(({ cause }) => cause === 'javascript')?.count, 1);
  });

  test('can be given evidence', () => {
    const { book } = openBook();
    book.adopt(former('old'));
    const item = { name: 'last-words.json', type: 'application/json', bytes: 2 };
    book.attach('old', item);
    assert.deepEqual(book.get('old')?.evidence, [item]);
  });

  test('goes before those of this process when there are too many', () => {
    const { book } = openBook();
    book.adopt(former('old'));
    for (let index = 0; index < 200; index += 1) book.report(aFinding({ key: `${index}` }));
    assert.equal(book.get('old'), null);
    assert.notEqual(book.get('id-1'), null);
  });
});

describe('counts', () => {
  const countOf = (book: ReturnType<typeof openBook>['book'], cause: string) =>
    book.opened().find((row) => row.cause === cause)?.count;

  test('start at 0 for every kind and cause, so that the first incident is an increase', () => {
    const causes = Object.values(incidentCatalog).flatMap((row) => row.causes);
    const { book } = openBook();
    assert.deepEqual(
      book.opened().map(({ cause, count }) => [cause, count]),
      causes.map((cause) => [cause, 0]),
    );
  });

  test('rise with each incident that is opened, not with its updates', () => {
    const { book, pass } = openBook();
    book.report(aFinding());
    book.report(aFinding({ cause: 'gc' }));
    pass(resolveAfterMs);
    book.report(aFinding());
    assert.deepEqual([countOf(book, 'javascript'), countOf(book, 'gc')], [2, 0]);
  });
});
