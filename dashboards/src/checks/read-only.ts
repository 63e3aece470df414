import type { Check } from './finding.js';

/** No dashboard can be edited in Grafana: the next rendering would lose the edit. */
export const readOnly: Check = ({ dashboards }) =>
  dashboards
    .filter(({ dashboard }) => dashboard.editable !== false)
    .map(({ path }) => ({ where: path, message: 'must not be editable' }));
