import { randomBytes } from 'node:crypto';

/** Id of an incident: the time in UTC to the second, so that folders sort by age, and something of its own. */
export const newIncidentId = (): string =>
  `${new Date().toISOString().slice(0, 19).replace(/\D/g, '')}-${randomBytes(4).toString('hex')}`;
