import { setTimeout as sleep } from 'node:timers/promises';
import type { SeenAlert } from './alerting.js';
import { alertsInAlertmanager, firingInPrometheus, type ListedAlert } from './prometheus-api.js';

/** Unit: ms. */
const everyMs = 500;

/** Remembers every alert that fires while it watches. */
export interface AlertWatch {
  seen(): readonly SeenAlert[];
  close(): Promise<void>;
}

/** Looks at both servers twice a second: an alert that fires only for a moment must not be missed. */
export function watchAlerts(prometheusUrl: string, alertmanagerUrl: string): AlertWatch {
  const alerts = new Map<string, SeenAlert>();
  const closing = new AbortController();
  const { signal } = closing;

  function note(listed: readonly ListedAlert[], notified: readonly ListedAlert[]): void {
    const firing = byName(listed);
    const delivered = byName(notified);
    for (const [name, alert] of alerts) {
      const isHeld = firing.has(name) || delivered.has(name);
      if (alert.firing !== isHeld) alerts.set(name, { ...alert, firing: isHeld });
    }
    for (const [name, alert] of [...firing, ...delivered]) {
      const known = alerts.get(name);
      const startsAtMs = delivered.get(name)?.startsAtMs ?? Date.now();
      alerts.set(name, {
        name,
        labels: alert.labels,
        annotations: alert.annotations,
        firedAtMs: Math.min(known?.firedAtMs ?? Number.POSITIVE_INFINITY, startsAtMs),
        firing: true,
        notified: known?.notified === true || delivered.has(name),
      });
    }
  }

  async function watch(): Promise<void> {
    while (!signal.aborted) {
      try {
        const both = [
          firingInPrometheus(prometheusUrl, signal),
          alertsInAlertmanager(alertmanagerUrl, signal),
        ] as const;
        note(...(await Promise.all(both)));
      } catch {
        // A server that is busy for a moment is asked again; one that has gone shows as an alert that never comes.
      }
      await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  }

  const watching = watch();
  return {
    seen: () => [...alerts.values()],
    async close() {
      closing.abort();
      await watching;
    },
  };
}

/** Alerts by name: a drill asks whether an alert fires, not for how many series. */
function byName(alerts: readonly ListedAlert[]): ReadonlyMap<string, ListedAlert> {
  return new Map(alerts.map((alert) => [alert.labels.alertname ?? 'nameless', alert]));
}
