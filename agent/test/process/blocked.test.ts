import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { incidentCatalog } from '../../src/catalog/incidents.js';
import type { Incident, IncidentList } from '../../src/protocol/incident.js';
import { agentLines, type Child, startChild } from '../harness/child.js';
import { crowded } from '../harness/crowded.js';
import { type Answer, call, getJson, sumOf } from '../harness/http.js';
import { until } from '../harness/wait.js';

const blockMs = 5_000;
/** Far more than it takes, and far less than the block: the answer did not wait for its end. */
const answerLimitMs = 1_000;
const { resolveAfterMs } = incidentCatalog['event-loop-stall'];

const program = `import { createServer } from 'node:http';
function buildReport(ms) {
  const end = Date.now() + ms;
  let sum = 0;
  while (Date.now() < end) sum += Math.sqrt(sum + 1);
  return sum;
}
const server = createServer((request, response) => {
  const ms = new URL(request.url, 'http://service').searchParams.get('ms');
  if (ms !== null) buildReport(Number(ms));
  response.end('done');
});
server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
`;
const blockingLine = 5;
const lag = 'nodejs_eventloop_lag';

/** Sends the request that blocks; tells whether its answer has come. */
function block(port: string, ms: number) {
  const state = { over: false };
  const answered = call(`http://127.0.0.1:${port}/reports/17?ms=${ms}&token=secret`).then(() => {
    state.over = true;
  });
  return { state, answered };
}

async function openIncident(url: string, isReady: (incident: Incident) => boolean): Promise<Incident> {
  return until('the incident is open', async () => {
    const { incidents } = await getJson<IncidentList>(`${url}/incidents`);
    return incidents.find((incident) => incident.status === 'open' && isReady(incident));
  });
}

/** The cause depends on how busy this machine is, and says so itself. */
function checkVerdict({ kind, cause, culprit, request, measurements, runbook }: Incident): void {
  assert.equal(kind, 'event-loop-stall');
  if ((measurements.runQueueRatio ?? 0) < 0.4) assert.equal(cause, 'javascript');
  assert.deepEqual(
    [culprit?.function, culprit?.file, culprit?.line],
    ['buildReport', 'program.mjs', blockingLine],
  );
  assert.ok(culprit!.share > 0.6 && culprit!.stack[0]!.startsWith('buildReport (program.mjs:5:'));
  assert.deepEqual(request, { route: 'GET unmatched', traceId: null, spanId: null });
  assert.match(runbook, /^https:.*\/event-loop-stall\.md$/);
}

async function checkAnswersDuringBlock(t: TestContext, url: string, child: Child): Promise<Incident> {
  const { state, answered } = block(await child.printed(/port (\d+)/), blockMs);
  const incident = await openIncident(url, ({ culprit }) => (culprit?.samples ?? 0) > 3);
  assert.equal(state.over, false, 'the incident opened only after the block');
  checkVerdict(incident);

  const ask = async (path: string): Promise<Answer> => {
    const answer = await call(url + path);
    assert.equal(state.over, false, `${path} answered only after the block`);
    assert.ok(answer.tookMs < answerLimitMs, `${path} took ${answer.tookMs} ms`);
    t.diagnostic(`${path} answered after ${answer.tookMs.toFixed(1)} ms of a blocked loop`);
    return answer;
  };
  const first = await ask('/healthz');
  const metrics = await ask('/metrics');
  const incidents = await ask('/incidents');
  const report = await ask('/report');
  const second = await ask('/healthz');

  const [firstMs, secondMs] = [first, second].map(({ status, body }) => {
    const health = JSON.parse(body) as { status: string; forMs: number };
    assert.deepEqual([status, health.status], [503, 'blocked']);
    return health.forMs;
  });
  assert.ok(secondMs! > firstMs! && firstMs! >= 100, `${firstMs} then ${secondMs}`);
  assert.equal(sumOf(metrics.body, 'faultline_incident_active', 'kind="event-loop-stall"'), 1);
  assert.ok(sumOf(metrics.body, `${lag}_seconds`)! >= 0.1);
  assert.ok(sumOf(metrics.body, `${lag}_max_seconds`)! >= 0.1);
  assert.ok(sumOf(metrics.body, 'faultline_eventloop_blocked_seconds_total')! > 0);
  assert.equal((JSON.parse(incidents.body) as IncidentList).incidents[0]?.id, incident.id);
  assert.equal((JSON.parse(report.body) as { health: { status: string } }).health.status, 'blocked');
  await answered;
  return incident;
}

async function checkAfterBlock(url: string, child: Child, id: string): Promise<void> {
  const resolved = await until(
    'the incident is resolved',
    async () => {
      const incident = await getJson<Incident>(`${url}/incidents/${id}`);
      return incident.status === 'resolved' && incident;
    },
    resolveAfterMs + 20_000,
  );
  checkVerdict(resolved);
  assert.equal(resolved.severity, 'critical');
  assert.equal(resolved.occurrences, 1);
  const ratio = resolved.measurements.blockedMs! / blockMs;
  assert.ok(ratio > 0.7 && ratio < 1.5, `${resolved.measurements.blockedMs} ms`);
  assert.equal((await call(`${url}/healthz`)).status, 200);

  const { body } = await call(`${url}/metrics`);
  const counted = sumOf(body, 'faultline_eventloop_blocked_seconds_total')! / (blockMs / 1_000);
  assert.ok(counted > 0.7 && counted < 1.5, `counted ${counted} of the blocked time`);
  assert.equal(sumOf(body, 'faultline_incident_active'), 0);
  assert.equal(sumOf(body, 'faultline_incidents_total'), 1);

  const [evidence] = resolved.evidence;
  assert.equal(evidence?.name, 'stacks.json');
  const file = await call(`${url}/incidents/${id}/evidence/stacks.json`);
  assert.equal(file.body.length, evidence?.bytes);
  const { stall } = JSON.parse(file.body) as { stall: { ended: boolean; samples: unknown[] } };
  assert.ok(stall.ended && stall.samples.length > 3);
  const path = join(child.faultlineDirectory, 'evidence', id, 'stacks.json');
  assert.equal((statSync(path).mode & 0o777).toString(8), '600');
}

async function checkNextBlock(url: string, child: Child, id: string): Promise<void> {
  await block(await child.printed(/port (\d+)/), 700).answered;
  const next = await openIncident(url, ({ evidence }) => evidence.length > 0);
  assert.notEqual(next.id, id);
  assert.equal(next.occurrences, 1, 'what is over does not count any more');
}

/** One line when it opens, one when it becomes critical, one when it is over: each with its runbook. */
function checkLog(stderr: string): void {
  const verdicts = agentLines(stderr).filter((line) => 'incident' in line);
  const events = verdicts.map(({ level, msg }) => [level, String(msg).split(' ')[0]]);
  assert.deepEqual(events, [
    [40, 'Event'],
    [50, 'Event'],
    [30, 'Resolved:'],
  ]);
  for (const { runbook } of verdicts) assert.match(String(runbook), /event-loop-stall\.md$/);
  assert.ok(!stderr.includes('secret'), 'a raw path must not be logged');
}

test('while the main thread is blocked the agent answers, names the line, and says when it is over', async (t) => {
  // Who gets no CPU has further blocks, and the agent rightly tells of them.
  const why = crowded();
  if (why !== null) return t.skip(why);
  const child = startChild(t, { program });
  const url = await child.url();
  await until('the agent has numbers', async () =>
    (await call(`${url}/metrics`)).body.includes(`\n${lag}_max_seconds`),
  );
  const { id } = await checkAnswersDuringBlock(t, url, child);
  await checkAfterBlock(url, child, id);
  checkLog(child.stderr());
  await checkNextBlock(url, child, id);
  const lines = (await call(`${url}/metrics`)).body.split('\n').filter((line) => /^[a-z]/.test(line));
  assert.ok(lines.length < 1_000, `${lines.length} series`);
});
