/** Label values that a selector asks for, by label; compared for equality. */
export type Where = Readonly<Record<string, string>>;

/** Selects series of the jobs and instances that the dashboard's variables name. */
export function selector(name: string, where: Where = {}): string {
  const matchers = Object.entries(where).map(([label, value]) => `${label}="${value}"`);
  return `${name}{${['job=~"$job"', 'instance=~"$instance"', ...matchers].join(', ')}}`;
}
