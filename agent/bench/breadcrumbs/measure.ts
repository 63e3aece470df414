import { leaveBreadcrumbs } from '../../src/sensors/breadcrumbs.js';
import { type Estimate, estimateMedian } from '../statistics.js';
import { type MeasuredCall, measuredCalls } from './calls.js';

/** What one call costs with and without its breadcrumb. Unit: ns. */
export interface Cost {
  readonly name: string;
  readonly plainNs: number;
  readonly addedNs: Estimate;
  /** The same comparison of the plain function with itself: the method's own noise. */
  readonly nullNs: Estimate;
}

type Caller = (times: number) => number;
const warmUpWindows = 20;
/** Slots that the main thread and the sidecar share; more of them than breadcrumbs use. */
const slotCount = 8;

/** Alternates wrapped and plain functions in this one process, A B B A, so that drift cancels out. */
export function measureCosts(quadruples: number, tell: (text: string) => void): Cost[] {
  const plain = measuredCalls.map((call) => call.bind());
  const others = measuredCalls.map((call) => call.bind());
  const breadcrumbs = leaveBreadcrumbs(new Int32Array(new SharedArrayBuffer(slotCount * 4)), () => 0);
  const marked = measuredCalls.map((call) => call.bind());
  try {
    // Every wrapper is warm before the first is measured: in a service, too, they share their code.
    measuredCalls.forEach((call, index) => {
      for (const caller of [plain[index]!, others[index]!, marked[index]!]) warmUp(caller, call);
    });
    return measuredCalls.map((call, index) => {
      tell(call.name);
      return compare(call, plain[index]!, others[index]!, marked[index]!, quadruples);
    });
  } finally {
    breadcrumbs.close();
  }
}

function warmUp(caller: Caller, { calls }: MeasuredCall): void {
  for (let window = 0; window < warmUpWindows; window += 1) caller(calls);
}

function compare(call: MeasuredCall, plain: Caller, other: Caller, marked: Caller, quadruples: number): Cost {
  const added: number[] = [];
  const nothing: number[] = [];
  const plainNs: number[] = [];
  for (let index = 0; index < quadruples; index += 1) {
    added.push(quadruple(call, plain, marked));
    nothing.push(quadruple(call, plain, other));
    plainNs.push(timeOf(call, plain));
  }
  return {
    name: call.name,
    plainNs: estimateMedian(plainNs).median,
    addedNs: estimateMedian(added),
    nullNs: estimateMedian(nothing),
  };
}

function quadruple(call: MeasuredCall, first: Caller, second: Caller): number {
  const a1 = timeOf(call, first);
  const b1 = timeOf(call, second);
  const b2 = timeOf(call, second);
  const a2 = timeOf(call, first);
  return (b1 + b2 - a1 - a2) / 2;
}

function timeOf({ calls }: MeasuredCall, caller: Caller): number {
  const start = process.hrtime.bigint();
  caller(calls);
  return Number(process.hrtime.bigint() - start) / calls;
}
