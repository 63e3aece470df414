import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { consolePage } from '../../console/page.js';
import { type PrometheusMetric, registerPrometheusMetrics } from '../../exporters/prometheus.js';
import type { Incident } from '../../protocol/incident.js';
import type { RunningRequests } from '../../protocol/requests.js';
import type { Stall } from '../../protocol/stall.js';
import { sendJson, sendProblem } from './problem.js';
import { Registry } from './prom-client-registry.js';
import type { Route, RouteHandler } from './server.js';

/** What the routes show. */
export interface RouteSources {
  readonly metrics: () => PrometheusMetric[];
  readonly currentStall: () => Stall | null;
  readonly incidents: () => readonly Incident[];
  readonly incident: (id: string) => Incident | null;
  readonly evidence: (
    id: string,
    name: string,
  ) => Promise<{ readonly path: string; readonly bytes: number } | null>;
  readonly requests: () => RunningRequests;
  readonly report: () => unknown;
}

export function createRoutes(sources: RouteSources): Route[] {
  return [
    { method: 'GET', path: /^\/metrics$/, open: true, handle: serveMetrics(sources) },
    { method: 'GET', path: /^\/healthz$/, open: true, handle: serveHealth(sources) },
    { method: 'GET', path: /^\/incidents$/, handle: serveIncidents(sources) },
    { method: 'GET', path: /^\/incidents\/([^/]+)$/, handle: serveIncident(sources) },
    { method: 'GET', path: /^\/incidents\/([^/]+)\/evidence\/([^/]+)$/, handle: serveEvidence(sources) },
    {
      method: 'GET',
      path: /^\/requests$/,
      handle: (_request, response) => sendJson(response, 200, sources.requests()),
    },
    {
      method: 'GET',
      path: /^\/report$/,
      handle: (_request, response) => sendJson(response, 200, sources.report()),
    },
    { method: 'GET', path: /^\/$/, open: true, handle: serveConsole },
  ];
}

function serveMetrics({ metrics }: RouteSources): RouteHandler {
  const plain = new Registry();
  const open = new Registry<'application/openmetrics-text; version=1.0.0; charset=utf-8'>();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  // prom-client renames counters when it writes OpenMetrics, so each format has objects of its own.
  for (const registry of [plain, open]) registerPrometheusMetrics(registry, metrics());
  return async (request, response) => {
    const registry = request.headers.accept?.includes('application/openmetrics-text') ? open : plain;
    const text = await registry.metrics();
    response.writeHead(200, {
      'content-type': registry.contentType,
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  };
}

function serveHealth({ currentStall }: RouteSources): RouteHandler {
  return (_request, response) => {
    const stall = currentStall();
    if (stall === null) sendJson(response, 200, { status: 'ok' });
    else sendJson(response, 503, { status: 'blocked', forMs: Math.round(stall.blockedMs) });
  };
}

function serveIncidents({ incidents }: RouteSources): RouteHandler {
  return (_request, response) => sendJson(response, 200, { incidents: incidents() });
}

function serveIncident({ incident }: RouteSources): RouteHandler {
  return (_request, response, [id = '']) => {
    const found = incident(id);
    if (found === null) sendProblem(response, 404, 'Not Found', unknownIncident);
    else sendJson(response, 200, found);
  };
}

const unknownIncident = 'There is no such incident; GET /incidents lists those that are kept.';

function serveEvidence({ incident, evidence }: RouteSources): RouteHandler {
  return async (_request, response, [id = '', name = '']) => {
    const item = incident(id)?.evidence.find((candidate) => candidate.name === name);
    const file = item === undefined ? null : await evidence(id, name);
    if (item === undefined || file === null) {
      return sendProblem(
        response,
        404,
        'Not Found',
        'There is no such evidence; the incident lists what it has.',
      );
    }
    response.writeHead(200, {
      'content-type': item.type,
      'content-length': file.bytes,
      'content-disposition': `attachment; filename="${item.name}"`,
      'x-content-type-options': 'nosniff',
    });
    await pipeline(createReadStream(file.path), response);
  };
}

const serveConsole: RouteHandler = (_request, response) => {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(consolePage);
};
