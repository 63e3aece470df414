import type { Panel } from '../panels/panel.js';

/** A panel with its size on Grafana's grid of 24 columns. */
export interface Cell {
  readonly panel: Panel;
  /** 1..24 columns; cells flow from left to right and wrap into the next line. */
  readonly width: number;
  /** About 38 px each. */
  readonly height: number;
}

/** A titled row of cells. */
interface Row {
  readonly title: string;
  readonly cells: readonly Cell[];
}

/** What a dashboard shows, before Grafana's schema. */
export interface DashboardPlan {
  /** Stable for ever: links point to it. At most 40 characters. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly rows: readonly Row[];
}

/** Panels of equal width that fill one line of the grid. */
export function line(height: number, panels: readonly Panel[]): readonly Cell[] {
  return panels.map((panel) => ({ panel, width: Math.floor(24 / panels.length), height }));
}
