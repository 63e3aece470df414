import type { CodeCulprit } from '../../protocol/incident.js';
import type { SourceFrame } from '../../protocol/stack.js';
import { showFrame } from './hot-frame.js';

/** A place in the code, with its part of what is blamed on somebody. */
export interface BlamedPlace {
  readonly frame: SourceFrame;
  /** 0..1 */
  readonly share: number;
  /** How it was reached, innermost first. */
  readonly stack: readonly SourceFrame[];
}

const framesShown = 32;
const linesShown = 5;

/** The first place, and a list of it and those that follow once there are `listedFrom` of them. Null without any.
 *  `samples` is the number of samples behind them. */
export function blamePlaces(
  places: readonly BlamedPlace[],
  samples: number,
  listedFrom: number,
): CodeCulprit | null {
  const [top] = places;
  if (top === undefined) return null;
  const { function: name, file, line, column } = top.frame;
  return {
    type: 'code',
    function: name,
    file,
    line,
    column,
    share: round(top.share),
    samples,
    stack: top.stack.slice(0, framesShown).map(showFrame),
    ...(places.length >= listedFrom && { lines: places.slice(0, linesShown).map(describe) }),
  };
}

const describe = ({ frame: { function: name, file, line }, share }: BlamedPlace) => ({
  function: name,
  file,
  line,
  share: round(share),
});

const round = (value: number): number => Number(value.toFixed(3));
