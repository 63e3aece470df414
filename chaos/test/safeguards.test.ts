import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Environment, readSafeguards } from '../src/safeguards.js';
import { allowed, serveControls } from './harness/controls.js';
import { createCountingFault } from './harness/counting-fault.js';

const without = (name: string): Environment => ({ ...allowed, [name]: undefined });

const forbidden: readonly (readonly [string, Environment, RegExp])[] = [
  ['nothing is set', {}, /^FAULTLINE_CHAOS must be "on"/],
  ['chaos is not switched on', { ...allowed, FAULTLINE_CHAOS: '1' }, /^FAULTLINE_CHAOS must be "on"/],
  ['there is no token', without('FAULTLINE_CHAOS_TOKEN'), /^FAULTLINE_CHAOS_TOKEN must/],
  ['the token is blank', { ...allowed, FAULTLINE_CHAOS_TOKEN: ' ' }, /^FAULTLINE_CHAOS_TOKEN must/],
  ['no environment is listed', without('FAULTLINE_CHAOS_ENVIRONMENTS'), /empty means none/],
  ['the list is empty', { ...allowed, FAULTLINE_CHAOS_ENVIRONMENTS: ' , ' }, /empty means none/],
  ['the environment has no name', without('NODE_ENV'), /neither DEPLOYMENT_ENVIRONMENT nor NODE_ENV/],
  [
    'the environment is not listed',
    { ...allowed, NODE_ENV: 'dev' },
    /must contain the current environment "dev"/,
  ],
  [
    'DEPLOYMENT_ENVIRONMENT says otherwise than NODE_ENV',
    { ...allowed, DEPLOYMENT_ENVIRONMENT: 'live' },
    /environment "live"; it lists test, staging/,
  ],
  [
    'it is production, even when production is listed',
    { ...allowed, NODE_ENV: 'production', FAULTLINE_CHAOS_ENVIRONMENTS: 'production' },
    /^FAULTLINE_CHAOS_ALLOW_PRODUCTION must be "yes-break-production"/,
  ],
  [
    'production is written otherwise',
    { ...allowed, NODE_ENV: 'Prod', FAULTLINE_CHAOS_ENVIRONMENTS: 'Prod' },
    /^FAULTLINE_CHAOS_ALLOW_PRODUCTION/,
  ],
  [
    'the production switch has another value',
    {
      ...allowed,
      NODE_ENV: 'production',
      FAULTLINE_CHAOS_ENVIRONMENTS: 'production',
      FAULTLINE_CHAOS_ALLOW_PRODUCTION: 'true',
    },
    /^FAULTLINE_CHAOS_ALLOW_PRODUCTION/,
  ],
  [
    'the production switch is on but production is not listed',
    { ...allowed, NODE_ENV: 'production', FAULTLINE_CHAOS_ALLOW_PRODUCTION: 'yes-break-production' },
    /must contain the current environment "production"/,
  ],
];

for (const [when, environment, reason] of forbidden) {
  test(`forbids faults when ${when}`, () => {
    const permission = readSafeguards(environment);
    assert.ok(!permission.allowed);
    assert.match(permission.reason, reason);
  });
}

test('allows faults in a listed environment', () => {
  assert.deepEqual(readSafeguards(allowed), { allowed: true, token: 'secret', environment: 'test' });
});

test('allows faults in production only with both switches', () => {
  const environment = {
    ...allowed,
    NODE_ENV: 'production',
    FAULTLINE_CHAOS_ENVIRONMENTS: 'production',
    FAULTLINE_CHAOS_ALLOW_PRODUCTION: 'yes-break-production',
  };
  assert.ok(readSafeguards(environment).allowed);
});

test('answers 403 with the missing safeguard, whoever asks', async (t) => {
  const environment = { ...allowed, FAULTLINE_CHAOS: 'off' };
  const { fault, context } = createCountingFault();
  const { call } = await serveControls(t, { faults: [fault], context, environment });
  for (const [method, path] of [
    ['GET', '/faults'],
    ['POST', '/faults/counting'],
    ['DELETE', '/leases'],
  ] as const) {
    const { status, body } = await call(method, path);
    assert.equal(status, 403);
    assert.match(String(body.detail), /FAULTLINE_CHAOS must be "on"/);
  }
  assert.deepEqual(context.started, []);
});
