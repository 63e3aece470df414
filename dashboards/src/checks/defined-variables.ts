import type { Check } from './finding.js';

/** Every variable that a dashboard mentions is declared in it, or is one of Grafana's own (`$__…`). */
export const definedVariables: Check = ({ dashboards }) =>
  dashboards.flatMap(({ path, dashboard }) => {
    const declared = new Set((dashboard.templating?.list ?? []).map(({ name }) => name));
    const mentioned = JSON.stringify(dashboard).matchAll(/\$(?:\{(\w+)(?::\w+)?\}|(\w+))/g);
    const names = new Set([...mentioned].map(([, braced, plain]) => braced ?? plain ?? ''));
    return [...names]
      .filter((name) => !name.startsWith('__') && !declared.has(name))
      .map((name) => ({ where: path, message: `variable $${name} is not declared` }));
  });
