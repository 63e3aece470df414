import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toProblem } from '../src/errors.js';
import { Problem, problemBody } from '../src/problem.js';

const withFields = (message: string, fields: object) => Object.assign(new Error(message), fields);

const cases: readonly [what: string, error: unknown, status: number, code: string][] = [
  ['a problem', new Problem(418, 'teapot', 'short and stout'), 418, 'teapot'],
  [
    'a body that is no JSON',
    withFields('x', { type: 'entity.parse.failed', status: 400 }),
    400,
    'invalid-json',
  ],
  [
    'a body that is too large',
    withFields('x', { type: 'entity.too.large', status: 413 }),
    413,
    'body-too-large',
  ],
  [
    'a strange encoding',
    withFields('x', { type: 'encoding.unsupported', status: 415 }),
    415,
    'unsupported-encoding',
  ],
  ['a path that cannot be decoded', withFields('x', { status: 400 }), 400, 'bad-request'],
  ['a sku that exists', withFields('x', { code: '23505' }), 409, 'conflict'],
  ['a refused connection', withFields('', { code: 'ECONNREFUSED' }), 503, 'database-unavailable'],
  ['a database that shuts down', withFields('x', { code: '57P01' }), 503, 'database-unavailable'],
  ['a statement that took too long', withFields('x', { code: '57014' }), 503, 'database-unavailable'],
  ['a full pool', new Error('timeout exceeded when trying to connect'), 503, 'database-unavailable'],
  ['a lost connection', new Error('Connection terminated unexpectedly'), 503, 'database-unavailable'],
  ['a bug', new TypeError('x is not a function'), 500, 'internal-error'],
  ['something that is no error at all', 'oops', 500, 'internal-error'],
];
for (const [what, error, status, code] of cases)
  test(`${what} becomes ${status} ${code}`, () => {
    const problem = toProblem(error);
    assert.deepEqual([problem.status, problem.code], [status, code]);
  });

test('an unexpected error tells the client nothing about itself', () => {
  assert.doesNotMatch(
    JSON.stringify(problemBody(toProblem(new Error('password is hunter2')), null)),
    /hunter2/,
  );
});

test('a problem names its fields and its trace', () => {
  const errors = [{ field: 'sku', message: 'too short' }];
  assert.deepEqual(problemBody(new Problem(422, 'validation-failed', 'no', { errors }), 'abc'), {
    type: 'about:blank',
    title: 'Unprocessable Entity',
    status: 422,
    detail: 'no',
    code: 'validation-failed',
    errors,
    traceId: 'abc',
  });
});
