// One step of the schema.

export interface Migration {
  /** 1, 2, …: its place in the order. */
  readonly version: number;
  readonly reason: string;
  /** For the schema "taskwright"; run in one transaction. */
  readonly sql: string;
}
