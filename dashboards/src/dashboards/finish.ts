import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';

/** Adds what the SDK leaves to Grafana's editor, in the order of the panels, so that the same plan gives the same
 *  file: panel ids from 1, and a refId A, B, C … for each query. */
export function finish(dashboard: Dashboard): Dashboard {
  const panels = (dashboard.panels ?? []).map((panel, index) => ({ ...withRefIds(panel), id: index + 1 }));
  return { ...dashboard, panels };
}

function withRefIds(panel: Panel | RowPanel): Panel | RowPanel {
  if (!('targets' in panel) || panel.targets === undefined) return panel;
  const targets = panel.targets.map((target, index) => ({ ...target, refId: refId(index) }));
  return { ...panel, targets };
}

function refId(index: number): string {
  return String.fromCodePoint('A'.codePointAt(0)! + index);
}
