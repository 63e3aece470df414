import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { annotations } from './annotations.js';
import { draw } from './draw.js';
import { finish } from './finish.js';
import type { DashboardPlan } from './layout.js';
import { variables } from './variables.js';

/** Grafana's dashboard in the classic (v1) schema, which every Grafana can provision from a file.
 *  `runbookUrl` is the folder of the runbooks, with a slash at the end. */
export function buildDashboard(plan: DashboardPlan, runbookUrl: string): Dashboard {
  const builder = new DashboardBuilder(plan.title)
    .uid(plan.uid)
    .description(plan.description)
    .tags([...plan.tags])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-1h', to: 'now' })
    .refresh('10s')
    .variables(variables(runbookUrl))
    .annotations(annotations());
  for (const row of plan.rows) {
    builder.withRow(new RowBuilder(row.title));
    for (const cell of row.cells) builder.withPanel(draw(cell));
  }
  return finish(builder.build());
}
