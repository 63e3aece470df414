/** The live console: one page without any file beside it. It holds no data of its own, so it is served without
 *  a token; what it shows it fetches, with the token that its reader types in when the agent wants one. */
export const consolePage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Faultline</title>
<style>
  :root { color-scheme: light dark; --edge: #8884; --bad: #c62828; --warn: #b26a00; --good: #2e7d32; }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  header { display: flex; gap: 1rem; align-items: baseline; flex-wrap: wrap; }
  h1 { font-size: 1.25rem; margin: 0; }
  code, pre { font: 13px/1.45 ui-monospace, monospace; }
  pre { overflow: auto; margin: .5rem 0; }
  article { border: 1px solid var(--edge); border-left: 4px solid var(--warn); border-radius: 6px; padding: .75rem 1rem; margin: 1rem 0; }
  article.critical { border-left-color: var(--bad); }
  article.resolved { border-left-color: var(--edge); opacity: .75; }
  h2 { font-size: 1rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
  .state { font-weight: 600; } .ok { color: var(--good); } .blocked { color: var(--bad); }
  .banner { border: 1px solid var(--warn); border-radius: 6px; padding: .5rem 1rem; }
  ol { margin: 0; padding-left: 1.5rem; } li { overflow-wrap: anywhere; } small { font-weight: 400; opacity: .7; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: 0; }
  dt { opacity: .7; } dd { margin: 0; overflow-wrap: anywhere; }
</style>
</head>
<body>
<header><h1>Faultline</h1><span id="service"></span><span id="state" class="state" role="status">connecting…</span></header>
<p id="drill" class="banner" hidden></p>
<form id="access" hidden><label>This agent wants its token: <input id="token" type="password" autocomplete="off"></label> <button>Show</button></form>
<main id="incidents"></main>
<section id="requests" hidden><h2>Oldest requests in flight <small id="reading"></small></h2><ol id="running"></ol></section>
<noscript>This page needs JavaScript. <a href="/incidents">/incidents</a> holds the same as JSON.</noscript>
<script>
const byId = (id) => document.getElementById(id);
const element = (name, text, className) => {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
};
const headers = () => {
  const token = sessionStorage.getItem('token');
  return token ? { authorization: 'Bearer ' + token } : {};
};
const percent = (ratio) => Math.round(ratio * 100) + ' %';
const describe = (incident) => {
  const box = element('article', undefined, incident.severity + ' ' + incident.status);
  box.append(element('h2', incident.title));
  const facts = element('dl');
  const fact = (name, value) => { if (value) facts.append(element('dt', name), element('dd', value)); };
  fact('status', incident.status + ', ' + incident.severity + ', ' + incident.occurrences + '×');
  fact('kind', incident.kind + ' (' + incident.cause + ')');
  fact('opened', new Date(incident.openedAt).toLocaleString());
  fact('resolved', incident.resolvedAt && new Date(incident.resolvedAt).toLocaleString());
  const ended = incident.endedProcess;
  fact('former process', ended && ended.pid + ', last seen ' + new Date(ended.lastSeenAt).toLocaleString());
  fact('exit cause', ended && ended.exitCause + ': ' + ended.because);
  fact('route', incident.request && incident.request.route);
  fact('trace', incident.request && incident.request.traceId);
  fact('target', incident.target);
  fact('resource', incident.resource);
  fact('confidence', percent(incident.confidence));
  const holders = (incident.culprit && incident.culprit.holders) || [];
  for (const holder of holders)
    fact('held by', (holder.file ? holder.function + ' (' + holder.file + ':' + holder.line + ')' : 'a caller that was not looked at') +
      ' for ' + (holder.ageMs / 1000).toFixed(1) + ' s' + (holder.querying === false ? ', no query' : '') +
      (holder.awaitsReader ? ', waits for the reader of its response' : ''));
  const database = incident.database;
  if (database) {
    if (database.error) fact('database', 'could not say more: ' + database.error);
    for (const { count, state, waitEventType, waitEvent } of database.groups)
      fact('database', count + ' ' + (state || 'of unknown state') + (waitEventType ? ', waits for ' + waitEventType + '/' + waitEvent : ''));
    for (const { blocks, pid, state, stateMs } of database.blockers)
      fact('database', blocks + ' blocked by pid ' + pid + ', ' + (state || 'of unknown state') + (stateMs === null ? '' : ' for ' + seconds(stateMs)));
  }
  for (const other of incident.ruledOut) fact('not ' + other.kind, other.because);
  box.append(facts);
  if (incident.culprit && incident.culprit.stack) {
    const details = element('details');
    details.open = incident.status === 'open';
    details.append(element('summary', 'Stack'), element('pre', incident.culprit.stack.join('\\n')));
    box.append(details);
  }
  const link = element('a', 'Runbook');
  if (/^https?:/.test(incident.runbook)) { link.href = incident.runbook; link.rel = 'noreferrer'; box.append(link); }
  else box.append(element('span', 'Runbook: ' + incident.runbook));
  return box;
};
const seconds = (ms) => (ms / 1000).toFixed(1) + ' s';
const showRequests = (running) => {
  byId('requests').hidden = running.inFlight === null;
  if (running.inFlight === null) return;
  byId('reading').textContent = '(' + running.inFlight + ' in all, as of ' + seconds(running.readingAgeMs) + ' ago)';
  const lines = running.requests.map(({ ageMs, method, route, traceId, unsentBytes }) =>
    element('li', seconds(ageMs) + ' · ' + method + ' ' + route + (traceId ? ' · trace ' + traceId : '') +
      (unsentBytes === undefined ? '' : ' · waits for its reader, ' + unsentBytes + ' bytes unsent')));
  byId('running').replaceChildren(...lines);
};
let shown = '';
const show = (report) => {
  byId('service').textContent = report.service.name + ' · pid ' + report.service.pid + ' · Node ' + report.service.node;
  const state = byId('state');
  state.textContent = report.health.status === 'ok' ? 'event loop turning' : 'event loop blocked for ' + report.health.forMs + ' ms';
  state.className = 'state ' + report.health.status;
  const faults = (report.snapshot && report.snapshot.chaosFaults) || [];
  byId('drill').hidden = faults.length === 0;
  byId('drill').textContent = 'Chaos drill: ' + faults.join(', ') + ' injected on purpose.';
  showRequests(report.requests);
  const list = report.incidents.map(describe);
  if (list.length === 0) list.push(element('p', 'No incident since this process started.'));
  // Replacing what has not changed would close what the reader has opened.
  const text = JSON.stringify(report.incidents);
  if (text === shown) return;
  shown = text;
  byId('incidents').replaceChildren(...list);
};
const refresh = async () => {
  try {
    const response = await fetch('/report', { headers: headers(), cache: 'no-store' });
    byId('access').hidden = response.status !== 401;
    if (response.ok) show(await response.json());
    else byId('state').textContent = (await response.json()).detail;
  } catch {
    byId('state').textContent = 'The agent does not answer: has the process ended?';
    byId('state').className = 'state blocked';
  }
};
byId('access').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem('token', byId('token').value);
  refresh();
});
refresh();
setInterval(refresh, 1000);
</script>
</body>
</html>
`;
