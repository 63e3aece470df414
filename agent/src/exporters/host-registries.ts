import type { Reading } from '../protocol/reading.js';
import {
  type LabelNames,
  type PrometheusRegistry,
  prometheusMetrics,
  registerPrometheusMetrics,
} from './prometheus.js';

/** The agent's metrics in registries of the service. */
export interface HostRegistries {
  /** Adds the metrics that the registry does not have yet; returns the names of those that it had. */
  add(registry: PrometheusRegistry): string[];
  /** Takes out of every registry what was put in: without an agent nothing would answer for it. */
  close(): void;
}

export function createHostRegistries(
  collect: () => Promise<readonly Reading[]>,
  labelNames: LabelNames = {},
): HostRegistries {
  let removals: (() => void)[] = [];
  return {
    add(registry) {
      const metrics = prometheusMetrics(collect, labelNames);
      const { present, added, remove } = registerPrometheusMetrics(registry, metrics);
      // A service that asks again and again for the same registry must not make the list grow.
      if (added > 0) removals.push(remove);
      return present;
    },
    close() {
      for (const remove of removals) remove();
      removals = [];
    },
  };
}
