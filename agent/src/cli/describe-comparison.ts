import type { Comparison, Growth, RetainedStep } from '../heap/compare.js';
import { formatBytes } from './format-bytes.js';

const growthsShown = 20;
/** Steps at either end of a long way. */
const stepsShown = 12;

/** A comparison of two heaps for a terminal. */
export function describeComparison(comparison: Comparison): string {
  const { beforeBytes, afterBytes, growths, largest, path, pathShare } = comparison;
  const total = `Heap ${formatBytes(beforeBytes)} → ${formatBytes(afterBytes)} (${signed(afterBytes - beforeBytes)})`;
  if (growths.length === 0)
    return `${total}\nNo constructor has more objects or holds more memory than before.`;
  return [
    total,
    '',
    row('count', 'shallow', 'retained', 'constructor'),
    ...growths.slice(0, growthsShown).map(describeGrowth),
    ...(growths.length > growthsShown
      ? [`… and ${growths.length - growthsShown} more; --json has all.`]
      : []),
    ...(largest === null || pathShare === null ? [] : describePath(largest, path, pathShare)),
  ].join('\n');
}

const row = (count: string, shallow: string, retained: string, name: string): string =>
  `${count.padStart(12)}  ${shallow.padStart(10)}  ${retained.padStart(10)}  ${name}`;

const describeGrowth = ({ name, grown }: Growth): string =>
  row(
    `${grown.count >= 0 ? '+' : '−'}${Math.abs(grown.count).toLocaleString('en')}`,
    signed(grown.shallow),
    signed(grown.retained),
    name,
  );

const signed = (bytes: number): string => `${bytes >= 0 ? '+' : '−'}${formatBytes(Math.abs(bytes))}`;

function describePath({ name, grown }: Growth, path: readonly RetainedStep[], share: number): string[] {
  const objects = grown.count.toLocaleString('en');
  const percent = Math.round(share * 100);
  const lines = path.map(({ via, className, retained }) =>
    ['  ', via, via && ' ', className, `  [${formatBytes(retained)}]`].join(''),
  );
  const left = lines.length - 2 * stepsShown;
  const shown =
    left <= 0
      ? lines
      : [...lines.slice(0, stepsShown), `  … ${left} more steps …`, ...lines.slice(-stepsShown)];
  return [
    '',
    `What keeps the ${objects} new ${name} (about ${percent} % of them along this way; in brackets what each step retains):`,
    ...shown,
  ];
}
