import { parse } from 'yaml';
import type { Output } from '../output.js';
import type { AlertRule, RecordRule, RuleFile } from '../rules/rule-file.js';
import { drillTiming, productionTiming, type Timing } from '../timing.js';

/** A dashboard as Grafana reads it; only what the checks look at. Everything may be missing in a broken one. */
interface EmittedDashboard {
  readonly uid?: string;
  readonly title?: string;
  readonly editable?: boolean;
  readonly panels?: readonly EmittedPanel[];
  readonly templating?: { readonly list?: readonly EmittedVariable[] };
  readonly annotations?: { readonly list?: readonly EmittedAnnotation[] };
}

/** A panel or, with type `row`, the title of a row. */
export interface EmittedPanel {
  readonly id?: number;
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly datasource?: { readonly type?: string; readonly uid?: string };
  readonly gridPos?: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly {
    readonly refId?: string;
    readonly expr?: string;
    readonly legendFormat?: string;
  }[];
  readonly links?: readonly { readonly title?: string; readonly url?: string }[];
  readonly fieldConfig?: { readonly defaults?: { readonly unit?: string } };
}

/** A dashboard variable. */
export interface EmittedVariable {
  readonly name: string;
  readonly type: string;
  readonly query?: string;
  readonly datasource?: { readonly uid?: string };
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string;
  readonly refresh?: number;
}

/** An annotation query. */
interface EmittedAnnotation {
  readonly name: string;
  readonly expr?: string;
  readonly titleFormat?: string;
  readonly datasource?: { readonly uid?: string };
}

/** A rule file with the timing that it was made for. */
interface EmittedRules {
  readonly path: string;
  readonly timing: Timing;
  readonly file: RuleFile;
}

/** The output, read back from its text. */
export interface Emitted {
  readonly dashboards: readonly { readonly path: string; readonly dashboard: EmittedDashboard }[];
  readonly rules: readonly EmittedRules[];
}

/** Reads the output back, so that checks see what Grafana and Prometheus see. */
export function readEmitted(output: Output): Emitted {
  const dashboards = [...output]
    .filter(([path]) => path.startsWith('grafana/') && path.endsWith('.json'))
    .map(([path, text]) => ({ path, dashboard: parseDashboard(text) }));
  const rules = [...output]
    .filter(([path]) => path.endsWith('/rules.yaml'))
    .map(([path, text]) => ({ path, timing: timingOf(path), file: parseRules(text) }));
  return { dashboards, rules };
}

function parseDashboard(text: string): EmittedDashboard {
  return JSON.parse(text);
}

function parseRules(text: string): RuleFile {
  return parse(text);
}

function timingOf(path: string): Timing {
  return path.includes('/drill/') ? drillTiming : productionTiming;
}

/** A rule with the words that name it in a finding. */
export type Located<Rule> = EmittedRules & { readonly where: string; readonly rule: Rule };

/** Every alerting rule. */
export function alertsOf(emitted: Emitted): Located<AlertRule>[] {
  return rulesOf(emitted).flatMap(({ rule, ...place }) => ('alert' in rule ? [{ ...place, rule }] : []));
}

/** Every rule. */
export function rulesOf(emitted: Emitted): Located<AlertRule | RecordRule>[] {
  return emitted.rules.flatMap((rules) =>
    rules.file.groups.flatMap((group) =>
      group.rules.map((rule) => ({ ...rules, rule, where: `${rules.path}: ${nameOf(rule)}` })),
    ),
  );
}

function nameOf(rule: AlertRule | RecordRule): string {
  return 'record' in rule ? rule.record : `${rule.alert} (${rule.labels.severity ?? 'no severity'})`;
}

/** Every panel that is no row title, with the words that name it in a finding. */
export function panelsOf(emitted: Emitted): { readonly where: string; readonly panel: EmittedPanel }[] {
  return emitted.dashboards.flatMap(({ path, dashboard }) =>
    (dashboard.panels ?? [])
      .filter((panel) => panel.type !== 'row')
      .map((panel) => ({ where: `${path}: panel "${panel.title ?? panel.id}"`, panel })),
  );
}
