import type { IncidentKind } from '@faultline/agent/catalog';
import type { Series } from '../promql/series.js';

/** Units of panels, as Grafana names them: seconds, bytes, a share 0..1 shown in percent, a plain number, and
 *  events a second. */
type PanelUnit = 's' | 'bytes' | 'percentunit' | 'short' | 'ops';

/** One panel as plain data; `dashboards/` says where it stands and how it is drawn. */
export interface Panel {
  readonly title: string;
  readonly unit: PanelUnit;
  /** What is shown and how to read it, for somebody who sees it for the first time. */
  readonly description: string;
  /** The incident that this panel confirms; the panel then links to its runbook. */
  readonly incident?: IncidentKind;
  readonly series: readonly Series[];
  /** What the panel says instead of "No data" where having none is good or normal. */
  readonly whenEmpty?: string;
  /** Lines by default; stacked areas for parts of a whole; lanes for on and off. */
  readonly drawnAs?: 'lines' | 'stack' | 'lanes';
}
