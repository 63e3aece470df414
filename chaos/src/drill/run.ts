import type { MaybeAlerting } from './alerts/alerting.js';
import { DrillError } from './errors.js';
import type { Experiment } from './experiment.js';
import { describeOverload, readHostLoad } from './host.js';
import { buildJournal } from './journal/build.js';
import { readCommit } from './journal/commit.js';
import type { JournalStatus } from './journal/journal.js';
import { journalPath, writeJournal } from './journal/write.js';
import { runDrillPhases } from './phases/drill.js';
import { noteUnexpectedAlerts } from './phases/unexpected.js';
import { checkBeforeStart } from './preflight.js';
import type { Progress } from './progress.js';
import { createRecord } from './record.js';
import { createRedactor, type Redactor } from './redact.js';
import { type DrillResult, makeResult } from './result.js';
import type { RunOptions } from './run-options.js';
import { setUp } from './set-up.js';
import { createUndoStack } from './undo.js';

/** Runs one closed-loop drill. Never throws: whatever happens, what was started is taken back, the journal is
 *  written, and the result says what went wrong. */
export async function runDrill(experiment: Experiment, options: RunOptions): Promise<DrillResult> {
  const record = createRecord(Date.now());
  const redactor = createRedactor();
  const undo = createUndoStack();
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const run = { ...options, progress: redactProgress(options.progress, redactor) };
  let alerting: MaybeAlerting = { skipped: 'the drill ended before it was started' };
  let status: JournalStatus = 'completed';
  const note = (failure: string) => {
    record.failures.push(failure);
    run.progress.failed(failure);
  };

  try {
    const page = await checkBeforeStart(experiment, run.root, run.environment);
    const context = await setUp({ experiment, run, page, record, redactor, undo, ending, signal });
    alerting = context.alerting;
    await runDrillPhases(context, undo);
    noteUnexpectedAlerts(context);
  } catch (thrown) {
    status = statusAfter(thrown);
    note(thrown instanceof Error ? thrown.message : String(thrown));
  }
  run.progress.doing('taking everything back');
  for (const problem of await undo.runAll()) note(`left behind: ${problem}`);
  if (status === 'completed' && record.failures.length > 0) status = 'failed';
  const overload = describeOverload(readHostLoad());
  if (overload !== null) record.notes.push(overload);

  const path = journalPath(run.journals, experiment.id, record.startMs);
  const result = makeResult(experiment, record, { seed: run.seed, status, alerting, journal: path });
  try {
    await writeJournal(path, buildJournal(experiment, record, result, readCommit(run.root)), redactor);
    return clean(result, redactor);
  } catch (thrown) {
    const failure = `the journal could not be written to ${run.journals}: ${thrown instanceof Error ? thrown.message : thrown}`;
    note(failure);
    const failures = [...result.failures, failure];
    return clean({ ...result, passed: false, failures, journal: null }, redactor);
  }
}

function statusAfter(thrown: unknown): JournalStatus {
  if (!(thrown instanceof DrillError)) return 'failed';
  if (thrown.code === 'interrupted') return 'interrupted';
  return thrown.code === 'stopped' ? 'aborted' : 'failed';
}

function clean(result: DrillResult, redactor: Redactor): DrillResult {
  return JSON.parse(JSON.stringify(redactor.json(JSON.parse(JSON.stringify(result)))));
}

function redactProgress(progress: Progress, redactor: Redactor): Progress {
  return {
    doing: (what) => progress.doing(redactor.text(what)),
    passed: (what) => progress.passed(redactor.text(what)),
    failed: (what) => progress.failed(redactor.text(what)),
    skipped: (what) => progress.skipped(redactor.text(what)),
  };
}
