/** One step of the schema. Steps are never changed once they have been released; new ones are added. */
export interface Migration {
  /** Steps run in ascending order of their ids. */
  readonly id: number;
  readonly name: string;
  readonly sql: string;
}
