/** An example configuration of Alertmanager: critical wakes somebody, everything else makes a ticket, and a
 *  warning is silent under the critical alert of the same incident and instance. Both receivers are webhooks on
 *  loopback; a service's own pager and ticket system take their place. */
export function alertmanagerConfig() {
  return {
    route: {
      receiver: 'ticket',
      group_by: ['alertname', 'job'],
      group_wait: '30s',
      group_interval: '5m',
      repeat_interval: '12h',
      routes: [
        { matchers: ['severity="critical"'], receiver: 'page', group_wait: '10s', repeat_interval: '1h' },
        { matchers: ['severity="warning"'], receiver: 'ticket' },
      ],
    },
    inhibit_rules: [
      {
        source_matchers: ['severity="critical"', 'incident=~".+"'],
        target_matchers: ['severity="warning"', 'incident=~".+"'],
        equal: ['incident', 'job', 'instance'],
      },
    ],
    receivers: [
      { name: 'page', webhook_configs: [{ url: 'http://127.0.0.1:9095/page' }] },
      { name: 'ticket', webhook_configs: [{ url: 'http://127.0.0.1:9095/ticket' }] },
    ],
  };
}
