import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Server, startServer } from './server.js';
import { workspace } from './tools.js';

/** One series of an instant query. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** An alert that is pending or firing. */
export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
}

/** A running Prometheus. */
export interface Prometheus extends Server {
  query(expr: string): Promise<readonly Sample[]>;
  alerts(): Promise<readonly ActiveAlert[]>;
  /** Rules that are not healthy, with their error. */
  unhealthyRules(): Promise<readonly string[]>;
}

/** Starts a Prometheus that scrapes the targets every second and evaluates the rendered drill rules. */
export async function startPrometheus(file: string, targets: readonly string[]): Promise<Prometheus> {
  const server = await startServer({
    file,
    readyPath: '/-/ready',
    async prepare(directory, address) {
      await copyFile(join(workspace, 'out/prometheus/drill/rules.yaml'), join(directory, 'rules.yaml'));
      const config = {
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: ['rules.yaml'],
        scrape_configs: [{ job_name: 'shop', static_configs: [{ targets }] }],
      };
      await writeFile(join(directory, 'prometheus.yaml'), stringify(config));
      return [
        `--config.file=${join(directory, 'prometheus.yaml')}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        `--web.listen-address=${address}`,
      ];
    },
  });
  const get = async (path: string) => {
    const answer = await fetch(`${server.url}/api/v1/${path}`);
    return JSON.parse(await answer.text()).data;
  };
  return {
    ...server,
    query: async (expr) => (await get(`query?query=${encodeURIComponent(expr)}`)).result,
    alerts: async () => (await get('alerts')).alerts,
    async unhealthyRules() {
      const groups: readonly { rules: readonly { name: string; health: string; lastError?: string }[] }[] = (
        await get('rules')
      ).groups;
      return groups
        .flatMap(({ rules }) => rules)
        .filter(({ health }) => health !== 'ok')
        .map(({ name, health, lastError }) => `${name}: ${health} ${lastError ?? ''}`);
    },
  };
}
