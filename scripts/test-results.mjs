// What the tests of each file came to, and the lists that a run ends with.
import { relative, resolve } from 'node:path';

const slowestShown = 8;

/**
 * Collects the events of Node's test runner by file, so that a file that runs again counts once.
 *
 * @param {string} root Files are shown relative to it.
 */
export function createResults(root) {
  const files = new Map();
  const flaky = [];
  const show = (file) => relative(root, file);

  function recordOf({ file, name }) {
    const path = resolve(root, file ?? name);
    const record = files.get(path) ?? { passed: 0, skipped: [], failed: [], hasFailed: false, seconds: 0 };
    files.set(path, record);
    return record;
  }
  const all = (pick) => [...files.values()].flatMap(pick);

  return {
    passed(event) {
      const record = recordOf(event);
      addTime(record, event);
      if (event.details?.type === 'suite') return;
      if (event.skip === undefined) record.passed += 1;
      else record.skipped.push(`  ${event.name}: ${reasonOf(event)}`);
    },
    failed(event) {
      const record = recordOf(event);
      addTime(record, event);
      record.hasFailed = true;
      // A suite fails with the tests in it, which are told of by themselves.
      if (event.details?.type !== 'suite')
        record.failed.push(`  ${show(resolve(root, event.file ?? event.name))}: ${whatFailed(event)}`);
    },
    failedFiles: () => [...files].filter(([, { hasFailed }]) => hasFailed).map(([file]) => file),
    /** Forgets the file, which runs again; the answer is to be called with that over. */
    again(file) {
      const first = files.get(file);
      files.delete(file);
      return () => {
        if (files.get(file)?.hasFailed === false) flaky.push(...first.failed);
      };
    },
    summary() {
      const failed = all(({ failed }) => failed);
      const skipped = all(({ skipped }) => skipped);
      const passed = all(({ passed }) => passed).reduce((sum, count) => sum + count, 0);
      const lists = [
        ['Skipped, and why:', skipped],
        [
          'Failed once, and passed when the file ran again by itself. Mend it: the next run may not be so lucky.',
          flaky,
        ],
        ['Failed:', failed],
        ['Slowest files:', slowest(files, show)],
      ];
      const texts = lists
        .filter(([, lines]) => lines.length > 0)
        .map(([head, lines]) => `${head}\n${lines.join('\n')}`);
      return [...texts, `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`].join('\n\n');
    },
  };
}

const reasonOf = ({ skip }) => (typeof skip === 'string' && skip !== '' ? skip : 'no reason given');

/** A file whose process was killed fails without a reason of its own: the signal tells more than "test failed". */
function whatFailed({ name, file, details }) {
  const { signal, exitCode } = details?.error ?? {};
  if (typeof signal === 'string') return `killed by ${signal}`;
  return name === file || exitCode === undefined ? name : `ended with ${exitCode}`;
}

/** A suite's time holds that of its tests. */
function addTime(record, { nesting, name, file, details }) {
  if (nesting === 0 && file !== undefined && name !== file) record.seconds += details.duration_ms / 1_000;
}

function slowest(files, show) {
  if (files.size <= slowestShown) return [];
  return [...files]
    .sort(([, a], [, b]) => b.seconds - a.seconds)
    .slice(0, slowestShown)
    .map(([file, { seconds }]) => `  ${seconds.toFixed(0).padStart(4)} s  ${show(file)}`);
}
