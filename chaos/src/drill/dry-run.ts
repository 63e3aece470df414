import type { Experiment } from './experiment.js';
import type { Page } from './runbook/page.js';

/** Says what a drill would do, one line a step, without doing any of it. */
export function describeDrill(
  experiment: Experiment,
  page: Page | null,
  targetUrl: string | null,
): readonly string[] {
  const { drill, hypothesis, method, rollbacks } = experiment;
  const { fault, expect, load } = drill;
  const target =
    targetUrl === null
      ? `start the demo with ${load.rate} requests a second and an export every ${load.exportEvery} s`
      : `use the running service at ${targetUrl}`;
  const names = (activities: readonly { readonly name: string }[]) =>
    activities.map((activity) => `"${activity.name}"`).join(', ');
  const steps = (wanted: (section: string) => boolean) =>
    page?.steps.filter((step) => wanted(step.section) && step.undoes === null).map((step) => step.name) ?? [];
  const undone = page?.steps.filter((step) => step.undoes !== null).map((step) => step.name) ?? [];
  const runMethod = method.length > 0 ? [`run the method: ${names(method)}`] : [];
  const differing = page?.steps.filter((step) => step.differs).map((step) => step.name) ?? [];
  const list = (text: string, items: readonly string[]) =>
    items.length > 0 ? [`${text}: ${items.join(', ')}`] : [];
  const watched =
    fault === null || expect === null
      ? [...runMethod, `watch the healthy service for ${drill.watchSeconds} s; nothing may fire`]
      : [
          `inject ${fault} ${JSON.stringify(drill.parameters)} under a lease of ${drill.ttl} s`,
          `expect the incident ${expect.incident} within ${expect.withinSeconds} s`,
          ...runMethod,
          ...(expect.alert === null ? [] : [`expect the alert ${expect.alert} and no other`]),
          ...list(
            'run on the fault',
            steps((section) => section !== 'Mitigate' && section !== 'Verify recovered'),
          ),
          ...list(
            'mitigate',
            steps((section) => section === 'Mitigate'),
          ),
          ...list(
            'verify the recovery',
            steps((section) => section === 'Verify recovered'),
          ),
        ];
  return [
    target,
    `require the steady state: ${hypothesis ? `${hypothesis.title} (${names(hypothesis.probes)})` : 'none given'}`,
    ...list('run on the healthy service, where they must fail', differing),
    ...watched,
    ...(rollbacks.length > 0 ? [`roll back: ${names(rollbacks)}`] : []),
    ...list('take the mitigations back', undone),
    'check that the fault is gone and nothing is left behind',
  ];
}
