/** Where settings are read from; `process.env` in production. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether faults may be injected here. `reason` names the safeguard that forbids it. */
export type Permission =
  | { readonly allowed: true; readonly token: string; readonly environment: string }
  | { readonly allowed: false; readonly reason: string };

const productionNames: ReadonlySet<string> = new Set(['production', 'prod']);
const productionSwitch = 'yes-break-production';

const forbidden = (reason: string): Permission => ({ allowed: false, reason });

/** Whether the current environment is a production by its name. */
export function isProduction(variables: Environment): boolean {
  const environment = variables.DEPLOYMENT_ENVIRONMENT?.trim() || variables.NODE_ENV?.trim() || '';
  return productionNames.has(environment.toLowerCase());
}

/** Checks every safeguard: chaos is switched on, has a token, and the current environment is listed by name.
 *  Production needs a second switch whose value nobody sets by accident. */
export function readSafeguards(variables: Environment): Permission {
  const read = (name: string) => variables[name]?.trim() ?? '';
  if (read('FAULTLINE_CHAOS') !== 'on') {
    return forbidden('FAULTLINE_CHAOS must be "on" for faults to be injected');
  }
  const token = read('FAULTLINE_CHAOS_TOKEN');
  if (!token) return forbidden('FAULTLINE_CHAOS_TOKEN must hold the bearer token that callers present');

  const listed = read('FAULTLINE_CHAOS_ENVIRONMENTS')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (listed.length === 0) {
    return forbidden(
      'FAULTLINE_CHAOS_ENVIRONMENTS must list the environments in which faults are allowed; empty means none',
    );
  }
  const environment = read('DEPLOYMENT_ENVIRONMENT') || read('NODE_ENV');
  if (!environment) {
    return forbidden(
      'FAULTLINE_CHAOS_ENVIRONMENTS cannot be compared: neither DEPLOYMENT_ENVIRONMENT nor NODE_ENV names the current environment',
    );
  }
  if (!listed.includes(environment)) {
    return forbidden(
      `FAULTLINE_CHAOS_ENVIRONMENTS must contain the current environment "${environment}"; it lists ${listed.join(', ')}`,
    );
  }
  if (isProduction(variables) && read('FAULTLINE_CHAOS_ALLOW_PRODUCTION') !== productionSwitch) {
    return forbidden(
      `FAULTLINE_CHAOS_ALLOW_PRODUCTION must be "${productionSwitch}" as well, because the current environment is "${environment}"`,
    );
  }
  return { allowed: true, token, environment };
}
