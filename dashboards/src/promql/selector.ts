/** Label values that a selector asks for, by label: a text is compared for equality, a regular expression must match
 *  all of the value. */
export type Where = Readonly<Record<string, string | RegExp>>;

/** Selects series of the jobs and instances that the dashboard's variables name. */
export function selector(name: string, where: Where = {}): string {
  const matchers = Object.entries(where).map(([label, value]) =>
    typeof value === 'string' ? `${label}="${value}"` : `${label}=~"${value.source}"`,
  );
  return `${name}{${['job=~"$job"', 'instance=~"$instance"', ...matchers].join(', ')}}`;
}
