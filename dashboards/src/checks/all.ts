import { alertComparison } from './alert-comparison.js';
import { alertLabels } from './alert-labels.js';
import { alertTexts } from './alert-texts.js';
import { alertTiming } from './alert-timing.js';
import { catalogCoverage } from './catalog-coverage.js';
import { catalogNames } from './catalog-names.js';
import { countersInRates } from './counters-in-rates.js';
import { dashboardUid } from './dashboard-uid.js';
import { datasourceVariable } from './datasource-variable.js';
import { definedVariables } from './defined-variables.js';
import { division } from './division.js';
import { duplicateRules } from './duplicate-rules.js';
import type { Check } from './finding.js';
import { grid } from './grid.js';
import { groupInterval } from './group-interval.js';
import { incidentCoverage } from './incident-coverage.js';
import { panelIds } from './panel-ids.js';
import { panelTargets } from './panel-targets.js';
import { panelTexts } from './panel-texts.js';
import { promqlParses } from './promql-parses.js';
import { rangeOfSeries } from './range-of-series.js';
import { rateInterval } from './rate-interval.js';
import { readOnly } from './read-only.js';
import { regexes } from './regexes.js';
import { ruleRanges } from './rule-ranges.js';
import { severityPairs } from './severity-pairs.js';
import { targetVariables } from './target-variables.js';
import { templateLabels } from './template-labels.js';
import { vectorMatching } from './vector-matching.js';

/** Every rule that the output is held to by itself, by name. The renderer writes nothing that breaks one.
 *  Whether runbook pages exist depends on the repository, so `runbookLinks` stands apart. */
export const checks: Readonly<Record<string, Check>> = {
  alertComparison,
  alertLabels,
  alertTexts,
  alertTiming,
  catalogCoverage,
  catalogNames,
  countersInRates,
  dashboardUid,
  datasourceVariable,
  definedVariables,
  division,
  duplicateRules,
  grid,
  groupInterval,
  incidentCoverage,
  panelIds,
  panelTargets,
  panelTexts,
  promqlParses,
  rangeOfSeries,
  rateInterval,
  readOnly,
  regexes,
  ruleRanges,
  severityPairs,
  targetVariables,
  templateLabels,
  vectorMatching,
};
