import type { EmittedPanel } from './emitted.js';
import type { Check } from './finding.js';

const columns = 24;

/** Every panel and row lies on Grafana's grid of 24 columns, and no two of them overlap. */
export const grid: Check = ({ dashboards }) =>
  dashboards.flatMap(({ path, dashboard: { panels = [] } }) =>
    panels.flatMap((panel, index) => {
      const where = `${path}: panel "${panel.title}"`;
      const other = panels.slice(index + 1).find((later) => overlap(panel, later));
      return [
        ...(liesOnGrid(panel) ? [] : [{ where, message: `must lie within ${columns} columns` }]),
        ...(other === undefined ? [] : [{ where, message: `overlaps with "${other.title}"` }]),
      ];
    }),
  );

function liesOnGrid({ gridPos }: EmittedPanel): boolean {
  if (gridPos === undefined) return false;
  const { x, y, w, h } = gridPos;
  return x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= columns;
}

function overlap({ gridPos: one }: EmittedPanel, { gridPos: other }: EmittedPanel): boolean {
  if (one === undefined || other === undefined) return false;
  const apart =
    one.x + one.w <= other.x ||
    other.x + other.w <= one.x ||
    one.y + one.h <= other.y ||
    other.y + other.h <= one.y;
  return !apart;
}
