import assert from 'node:assert/strict';
import { DrillError } from '../../../src/drill/errors.js';
import type { Experiment } from '../../../src/drill/experiment.js';
import { parseExperiment } from '../../../src/drill/format/experiment.js';

/** A drill as somebody may have written it. */
export type Document = Record<string, unknown>;

/** What an author has got wrong, the document, and the beginning of the message, which names the place. */
export type WrongRow = readonly [what: string, document: unknown, message: string];

const http = { type: 'http', url: 'http://127.0.0.1/' };
export const probe = { type: 'probe', name: 'looks', provider: http, tolerance: 200 };
export const action = { type: 'action', name: 'acts', provider: http };

/** The least that a drill must say. */
export const minimal: Document = {
  title: 'A drill',
  description: 'About nothing.',
  method: [],
  extensions: [{ name: 'faultline' }],
};
export const withMethod = (...method: unknown[]): Document => ({ ...minimal, method });
export const withProvider = (provider: unknown): Document => withMethod({ ...action, provider });
export const withHttp = (changes: Document): Document => withProvider({ ...http, ...changes });
export const withTolerance = (tolerance: unknown): Document => withMethod({ ...probe, tolerance });
export const withPart = (part: Document): Document => ({
  ...minimal,
  extensions: [{ name: 'faultline', ...part }],
});

export const read = (document: unknown): Experiment =>
  parseExperiment(JSON.stringify(document), 'drills/x.yaml');

/** Asserts that the document is refused with a message that begins so. */
export function assertRefused(document: unknown, message: string): void {
  assert.throws(
    () => read(document),
    (error) => {
      assert.ok(error instanceof DrillError);
      assert.equal(error.code, 'document-invalid');
      assert.ok(error.message.startsWith(`drills/x.yaml: ${message}`), error.message);
      return true;
    },
  );
}
