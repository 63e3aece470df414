import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../safeguards.js';
import { DrillError } from '../errors.js';
import { isOnPath } from '../runbook/commands.js';
import type { MaybeAlerting } from './alerting.js';
import { queryLines, targetsUp } from './prometheus-api.js';
import { startAlertServer } from './server.js';
import { alertmanagerConfig, prometheusConfig } from './server-config.js';
import { watchAlerts } from './watch.js';

/** How alerting is started for a drill. */
export interface AlertingOptions {
  readonly root: string;
  /** A folder of the drill's own. */
  readonly directory: string;
  /** The agent's address, which Prometheus scrapes. */
  readonly faultlineUrl: string;
  /** False when it was switched off on the command line. */
  readonly wanted: boolean;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/** Starts a real Prometheus and a real Alertmanager with the project's rules in their quick rendering.
 *  @throws DrillError `alerting-unavailable` when the rules are missing, a server does not start, or there is none
 *  although FAULTLINE_REQUIRE_PROMETHEUS=1. */
export async function startAlerting(options: AlertingOptions): Promise<MaybeAlerting> {
  const path = options.environment.PATH ?? '';
  const alertmanager = ['prometheus-alertmanager', 'alertmanager'].find((name) => isOnPath(name, path));
  const reason = reasonToSkip(options.wanted, isOnPath('prometheus', path), alertmanager !== undefined);
  if (reason !== null || alertmanager === undefined) {
    const skipped = reason ?? 'alertmanager is not on PATH';
    if (options.environment.FAULTLINE_REQUIRE_PROMETHEUS !== '1') return { skipped };
    throw new DrillError('alerting-unavailable', `FAULTLINE_REQUIRE_PROMETHEUS=1, but ${skipped}`);
  }
  const ruleFiles = findRuleFiles(join(options.root, 'dashboards/out/prometheus/drill'));
  return startServers(options, alertmanager, ruleFiles);
}

async function startServers(
  { directory, faultlineUrl, signal }: AlertingOptions,
  alertmanagerProgram: string,
  ruleFiles: readonly string[],
): Promise<MaybeAlerting> {
  const file = (name: string, content: string) => {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(join(directory, name), content, { mode: 0o600 });
    return join(directory, name);
  };
  const alertmanagerFile = file('alertmanager.yaml', alertmanagerConfig());
  const alertmanager = await startAlertServer(
    alertmanagerProgram,
    (address) => [
      `--config.file=${alertmanagerFile}`,
      `--storage.path=${join(directory, 'alertmanager')}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
      '--log.level=warn',
    ],
    signal,
  );
  try {
    const config = prometheusConfig({
      target: new URL(faultlineUrl).host,
      alertmanager: new URL(alertmanager.url).host,
      ruleFiles,
    });
    const prometheusFile = file('prometheus.yaml', config);
    const prometheus = await startAlertServer(
      'prometheus',
      (address) => [
        `--config.file=${prometheusFile}`,
        `--storage.tsdb.path=${join(directory, 'prometheus')}`,
        '--storage.tsdb.retention.time=2h',
        `--web.listen-address=${address}`,
        '--log.level=warn',
      ],
      signal,
    );
    const watch = watchAlerts(prometheus.url, alertmanager.url);
    return {
      prometheusUrl: prometheus.url,
      seen: watch.seen,
      query: (promql, querySignal) => queryLines(prometheus.url, promql, querySignal),
      isScraping: async (askSignal) => (await targetsUp(prometheus.url, askSignal)) > 0,
      async close() {
        await watch.close();
        await Promise.all([prometheus.close(), alertmanager.close()]);
      },
    };
  } catch (cause) {
    await alertmanager.close();
    throw cause;
  }
}

function reasonToSkip(wanted: boolean, hasPrometheus: boolean, hasAlertmanager: boolean): string | null {
  if (!wanted) return '--no-prometheus was given';
  if (!hasPrometheus) return 'prometheus is not on PATH';
  return hasAlertmanager ? null : 'alertmanager is not on PATH';
}

function findRuleFiles(folder: string): readonly string[] {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.yaml')) : [];
  if (files.length > 0) return files.map((name) => join(folder, name));
  throw new DrillError(
    'alerting-unavailable',
    `there are no rules in ${folder}: run npm run docs to render them`,
  );
}
