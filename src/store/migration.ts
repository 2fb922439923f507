// What a migration is. They are numbered from 1 without gaps, only ever added, and never changed once released.

export interface Migration {
  /** The schema version that the database has afterwards. */
  readonly version: number;
  /** Why it is needed, in one sentence. */
  readonly reason: string;
  readonly sql: string;
}
