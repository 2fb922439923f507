// The error of the store contract.
/**
 * - unavailable: can't be reached or is busy; trying again later may help.
 * - refused: it is reachable and refuses access, or is not set up; retrying does not help until an operator fixes that.
 * - full: no room on the disk.
 * - too_old, too_new: the database engine, or the schema in the database, is not one this program can work with.
 * - locked: another process holds the database.
 * - not_writable: the folder or file can't be written.
 * - corrupt: the database is damaged.
 * - lost: this process no longer owns the database: it was moved, replaced or taken over. Open it anew.
 * - invalid_cursor: made up, or from another filter.
 * - unsupported: this kind of store has no such thing.
 * - rejected: one of the rows can't be stored; a caller that sent many may halve them.
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

/** What may be said of each failure to callers who must not learn where the store is. */
const ADVICE: Readonly<Record<StoreErrorCode, string>> = {
  unavailable: "The store is unavailable. See the server's log for the reason.",
  refused: "The store refuses this server. The server's log has the reason.",
  full: "The disk that holds the store is full; nothing was stored. Free some space, and it goes on by itself.",
  too_old: "The store is too old for this server. The server's log has the reason.",
  too_new: "The store is too new for this server. The server's log has the reason.",
  locked: "Another process holds the store.",
  not_writable: "The store is not writable: this server lacks write access, or it is read-only.",
  corrupt: "The store is damaged. Stop everything that uses it and restore it from a backup.",
  lost: "The server no longer owns the store: it was moved, replaced or taken over. Restart the server.",
  invalid_cursor: "The cursor does not belong to this list.",
  unsupported: "This store has no such thing.",
  rejected: "A row cannot be stored.",
  closed: "The store was closed.",
};

/** The only thing a store throws. The message says what is wrong and what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  /** What is wrong, without addresses, users, paths and values: for callers, where `message` is for operators. */
  readonly advice: string;
  constructor(
    code: StoreErrorCode,
    message: string,
    options?: { readonly cause?: unknown; readonly advice?: string },
  ) {
    super(message, options);
    this.code = code;
    this.advice = options?.advice ?? ADVICE[code];
  }
}
