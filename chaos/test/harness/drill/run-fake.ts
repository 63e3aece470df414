import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadDrill } from '../../../src/drill/format/load.js';
import { createProgress } from '../../../src/drill/progress.js';
import type { DrillResult } from '../../../src/drill/result.js';
import { runDrill } from '../../../src/drill/run.js';
import type { FakePlan } from './fake-plan.js';
import type { FakeRoot } from './fake-root.js';

export const fakeDemoFile = fileURLToPath(new URL('./fake-demo.js', import.meta.url));

/** The environment of a fake drill: an agent that needs no time to warm up. */
export function fakeEnvironment(root: FakeRoot, plan: Partial<FakePlan>): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: root.path,
    TMPDIR: root.temp,
    FAULTLINE_STARTUP_GRACE_MS: '0',
    FAKE_DEMO: JSON.stringify({ log: join(root.path, 'demo.log'), ...plan }),
  };
}

/** Runs the fake repository's drill in this process, without Prometheus. */
export async function runFakeDrill(
  root: FakeRoot,
  plan: Partial<FakePlan> = {},
  environment: NodeJS.ProcessEnv = {},
): Promise<DrillResult> {
  const experiment = await loadDrill(join(root.path, 'drills'), 'broken', root.path);
  const lines: string[] = [];
  return runDrill(experiment, {
    root: root.path,
    seed: 7,
    targetUrl: null,
    demoEntry: fakeDemoFile,
    prometheus: false,
    journals: join(root.path, 'journals'),
    environment: { ...fakeEnvironment(root, plan), ...environment },
    progress: createProgress((line) => lines.push(line)),
    signal: new AbortController().signal,
  });
}
