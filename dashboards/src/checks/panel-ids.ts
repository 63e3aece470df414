import type { Check } from './finding.js';

/** Every panel and row of a dashboard has its own id above 0: links and alerts refer to it. */
export const panelIds: Check = (emitted) =>
  emitted.dashboards.flatMap(({ path, dashboard }) => {
    const panels = dashboard.panels ?? [];
    return panels
      .filter(({ id = 0 }) => id <= 0 || panels.filter((other) => other.id === id).length > 1)
      .map(({ id, title }) => ({ where: `${path}: panel "${title}"`, message: `id ${id} is not its own` }));
  });
