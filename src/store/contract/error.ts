// The error of the store contract.
/**
 * - unavailable: can't be reached or is busy; trying again later may help.
 * - refused: it can be reached and lets nobody in, or is not set up; trying again can't help until somebody mends that.
 * - full: no room on the disk.
 * - too_old, too_new: the database engine, or the schema in the database, is not one this program can work with.
 * - locked: another process holds the database.
 * - not_writable: the folder or file can't be written.
 * - corrupt: the database is damaged.
 * - lost: this process no longer owns the database: it was moved, replaced or taken over. Open it anew.
 * - invalid_cursor: made up, or from another filter.
 * - unsupported: this kind of store has no such thing.
 * - rejected: one of the rows can't be stored; whoever sent many may halve them.
 * - closed: the store was closed.
 */
export type StoreErrorCode =
  | "unavailable"
  | "refused"
  | "full"
  | "too_old"
  | "too_new"
  | "locked"
  | "not_writable"
  | "corrupt"
  | "lost"
  | "invalid_cursor"
  | "unsupported"
  | "rejected"
  | "closed";

/** The only thing a store throws. The message says what is wrong and what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
