import { incidentCatalog } from '@faultline/agent/catalog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as LanesBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Panel } from '../panels/panel.js';
import { runbookLink } from '../runbooks.js';
import type { Cell } from './layout.js';
import { datasource, variableRef } from './variables.js';

/** Makes Grafana's panel from ours. */
export function draw({ panel, width, height }: Cell): LinesBuilder | LanesBuilder {
  const builder = panel.drawnAs === 'lanes' ? lanes() : lines(panel);
  builder
    .title(panel.title)
    .description(panel.description)
    .unit(panel.unit)
    .datasource(datasource)
    .span(width)
    .height(height)
    .targets(
      panel.series.map(({ expr, legend }) => new DataqueryBuilder().expr(expr).legendFormat(legend).range()),
    )
    .links(links(panel));
  if (panel.whenEmpty !== undefined) builder.noValue(panel.whenEmpty);
  return builder;
}

function lines(panel: Panel): LinesBuilder {
  const builder = new LinesBuilder()
    .min(0)
    .lineWidth(1)
    .fillOpacity(panel.drawnAs === 'stack' ? 40 : 0)
    .showPoints(VisibilityMode.Never)
    .legend(legend())
    .tooltip(new common.VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (panel.drawnAs !== 'stack') return builder;
  return builder.stacking(new common.StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

/** Lanes are green at 0 and red from 1. */
function lanes(): LanesBuilder {
  return new LanesBuilder()
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(
      new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
        { value: null, color: 'green' },
        { value: 1, color: 'red' },
      ]),
    )
    .mappings([{ type: MappingType.ValueToText, options: { '0': { text: 'quiet' }, '1': { text: 'open' } } }])
    .legend(legend());
}

function legend(): common.VizLegendOptionsBuilder {
  return new common.VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom);
}

/** The address is left unescaped: its slashes must stay slashes. */
function links({ incident }: Panel): DashboardLinkBuilder[] {
  if (incident === undefined) return [];
  return [
    new DashboardLinkBuilder(`Runbook: ${incidentCatalog[incident].title}`)
      .type(DashboardLinkType.Link)
      .url(runbookLink(incident, variableRef('runbooks', 'raw')))
      .targetBlank(true),
  ];
}
