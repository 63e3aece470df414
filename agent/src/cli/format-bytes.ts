const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Three digits and a unit, in steps of 1024: `1.25 MB`. */
export function formatBytes(bytes: number): string {
  const exponent = bytes === 0 ? 0 : Math.floor(Math.log2(Math.abs(bytes)) / 10);
  const step = Math.min(units.length - 1, Math.max(0, exponent));
  const value = bytes / 1024 ** step;
  return `${step === 0 ? value : Number(value.toPrecision(3))} ${units[step]}`;
}
