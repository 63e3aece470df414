import { cpus, getPriority, loadavg, release, totalmem, type } from 'node:os';

/** What of this machine matters to a measurement, and nothing that tells whose it is. */
export function machineClass(): string {
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 1024 ** 3);
  const model = cpu?.model.trim() || process.arch;
  return `${cpus().length} × ${model}, ${gigabytes} GB, ${type()} ${release().split('-')[0]}`;
}

/** How busy the machine is, and whether this process goes before others: neighbours slow whatever is measured.
 *  Children inherit the priority. */
export function machineLoad(): string {
  const [minute = 0] = loadavg();
  return `load average ${minute.toFixed(1)} on ${cpus().length} CPUs at the end, priority (nice) ${getPriority()}`;
}

/** A table in Markdown; the first row is the head. */
export function markdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

/** The same table for a terminal. */
export function align(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}
