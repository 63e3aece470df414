/** What is profiled: where the main thread spends its time, or where memory is allocated. */
export type ProfileKind = 'cpu' | 'heap';

/** Which allocations a heap profile counts: those that are still alive at its end, or all of them. */
export type CountedObjects = 'live' | 'all';

/** How long a profile may take. Unit: s. Half a minute more would be a file that viewers open slowly. */
export const profileSeconds = { fallback: 5, min: 1, max: 60 } as const;

/** What somebody asks for. */
export interface ProfileRequest {
  readonly kind: ProfileKind;
  /** Unit: s, within `profileSeconds`. */
  readonly seconds: number;
  /** Counts for heap profiles only. */
  readonly objects: CountedObjects;
}
