import assert from 'node:assert/strict';
import { test } from 'node:test';
import promClient from 'prom-client';
import { Registry } from '../../../src/sidecar/http/prom-client-registry.js';

test('the registry that is loaded alone is the one of the whole package', () => {
  assert.equal(Registry, promClient.Registry);
});
