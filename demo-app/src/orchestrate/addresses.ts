import { hidePassword } from '../db/pool.js';
import type { DemoReady } from './messages.js';

/** The block that people see when everything runs. */
export function describeReady(ready: DemoReady, seconds: number): string {
  const { addresses, tokens, pids } = ready;
  const faultline = addresses.faultline ?? 'not available';
  const rows: readonly (readonly [string, string])[] = [
    ['Product catalog API', `${addresses.app}/products`],
    ['Console', addresses.faultline === null ? faultline : `${faultline}/`],
    ['Metrics', addresses.faultline === null ? faultline : `${faultline}/metrics`],
    ['Incidents', addresses.faultline === null ? faultline : `${faultline}/incidents`],
    ['Chaos controls', addresses.chaos === null ? 'off' : `${addresses.chaos}/faults`],
    ['Pricing service', `${addresses.pricing}/prices/1`],
    ...(addresses.pricingProxy === null
      ? []
      : [['Pricing proxy', `${addresses.pricingProxy}/proxies/pricing`] as const]),
    // The password of a server that lives only as long as the demo is no secret.
    ['PostgreSQL', pids.postgres === null ? hidePassword(ready.databaseUrl) : ready.databaseUrl],
    ['Admin token', tokens.admin],
    ['Chaos token', tokens.chaos ?? 'off'],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  return [
    '',
    `The demo is ready after ${seconds.toFixed(1)} s.`,
    '',
    ...lines,
    '',
    'Stop it with Ctrl-C.',
    '',
    '',
  ].join('\n');
}
