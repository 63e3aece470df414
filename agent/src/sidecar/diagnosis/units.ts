/** A rate as verdicts write it: `4.2 MB/s`, `120 kB/s`. Below zero it is none: what shrinks does not grow. */
export function showRate(bytesPerSecond: number): string {
  const rate = Math.max(0, bytesPerSecond);
  return rate >= 1e6 ? `${(rate / 1e6).toFixed(1)} MB/s` : `${Math.round(rate / 1e3)} kB/s`;
}

/** `350 MB`. */
export const showMegabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

/** `87 %` of a share of 0..1. */
export const showPercent = (share: number): string => `${Math.round(share * 100)} %`;

/** Three digits are more than any of these numbers is sure of. */
export const roundShare = (value: number): number => Number(value.toFixed(3));
