import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

/** A repository that holds one drill, one page and one source file. */
export interface FakeRoot {
  readonly path: string;
  /** Temporary files of a drill go here, so that a test sees what is left. */
  readonly temp: string;
  write(file: string, text: string): void;
  read(file: string): string;
  /** Names of files below a folder. */
  list(folder: string): readonly string[];
}

const source = `export function buildReport(rows: number) {
  return JSON.stringify(rows);
}

export function other() {}
`;

/** A page whose steps ask the fake demo. */
export const fakePage = `---
incident: event-loop-stall
alerts: [NodejsEventLoopBlocked]
severity: warning
drills: [broken]
---

# Stall

## Is it really this?

## Confirm

\`\`\`sh step="open-incident" expect="match"
curl -fsS "$FAULTLINE_URL/incidents" | node -p 'JSON.parse(require("fs").readFileSync(0)).incidents.filter((one) => one.status === "open").length + " open"'
\`\`\`

\`\`\`text expected
/[1-9]/ open
\`\`\`

\`\`\`promql step="blocked" expect="match"
faultline_incident_active
\`\`\`

\`\`\`text expected
{…} 1
\`\`\`

## Mitigate

\`\`\`sh step="switch-off" expect="match"
curl -fsS "$APP_URL/switch-off"
\`\`\`

\`\`\`text expected
{"enabled":false}
\`\`\`

\`\`\`sh step="switch-on" expect="match" undoes="switch-off"
curl -fsS "$APP_URL/switch-on"
\`\`\`

\`\`\`text expected
{"enabled":true}
\`\`\`

## Verify recovered

\`\`\`sh step="closed" expect="match" within="60s"
curl -fsS "$FAULTLINE_URL/incidents"
\`\`\`

\`\`\`text expected
"status":"resolved"
\`\`\`
`;

/** A drill against the fake demo. */
export const fakeDrill = `version: 1.0.0
title: Something is broken
description: A drill against a fake.
configuration:
  app_url: { type: env, key: APP_URL }
  pricing_url: { type: env, key: PRICING_URL }
steady-state-hypothesis:
  title: It answers
  probes:
    - type: probe
      name: items are listed
      provider: { type: http, url: '\${app_url}/items' }
      tolerance: { type: jsonpath, path: '$.items[0].id', expect: 1, target: body }
method: []
rollbacks:
  - type: action
    name: rolled back
    provider: { type: http, url: '\${app_url}/switch-on' }
extensions:
  - name: faultline
    fault: fake-fault
    parameters: { size: 3 }
    ttl: 30
    load: { rate: 10, exportEvery: 0.1 }
    expect:
      incident: event-loop-stall
      cause: javascript
      culprit: { file: 'src/**/*.ts', function: buildReport, source: 'JSON.stringify' }
      request: GET /report
      withinSeconds: 20
      detectionMs: 5000
    runbook: runbooks/event-loop-stall.md
    stopConditions:
      - type: probe
        name: pricing answers
        provider: { type: http, url: '\${pricing_url}/healthz' }
        tolerance: 200
`;

/** Makes a repository that goes away with the test. */
export function createFakeRoot(t: TestContext): FakeRoot {
  const path = mkdtempSync(join(tmpdir(), 'faultline-root-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), text);
  };
  write('drills/broken.yaml', fakeDrill);
  write('runbooks/event-loop-stall.md', fakePage);
  write('src/report.ts', source);
  const temp = join(path, 'temp');
  mkdirSync(temp);
  return {
    path,
    temp,
    write,
    read: (file) => readFileSync(join(path, file), 'utf8'),
    list: (folder) => readdirSync(join(path, folder)),
  };
}
