import type { Cost } from './call-costs.js';
import { estimateMedian } from './statistics.js';

/** Time of one call in a window, with what is measured switched on or off. Unit: ns. */
export type Window = (on: boolean) => number | Promise<number>;

const warmUpWindows = 20;

/** What switching it on adds: windows with and without alternate in this one process, A B B A, so that drift cancels
 *  out; as many windows without on either side show the method's own noise. */
export async function compareWindows(name: string, quadruples: number, window: Window): Promise<Cost> {
  for (let index = 0; index < warmUpWindows; index += 1) {
    await window(true);
    await window(false);
  }
  const added: number[] = [];
  const nothing: number[] = [];
  const base: number[] = [];
  const without: Window = async () => {
    base.push(await window(false));
    return base.at(-1)!;
  };
  for (let index = 0; index < quadruples; index += 1) {
    added.push(await quadruple(window, true));
    nothing.push(await quadruple(without, false));
  }
  return {
    name,
    addedNs: estimateMedian(added),
    nullNs: estimateMedian(nothing),
    baseNs: estimateMedian(base).median,
  };
}

async function quadruple(window: Window, on: boolean): Promise<number> {
  const a1 = await window(false);
  const b1 = await window(on);
  const b2 = await window(on);
  const a2 = await window(false);
  return (b1 + b2 - a1 - a2) / 2;
}
