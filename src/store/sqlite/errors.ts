// What SQLite and the file system throw, as StoreErrors that say what is wrong and what to do. Keeps no state.
import Database from "better-sqlite3";
import { isDiskFull } from "../../lib/disk-full.js";
import { StoreError } from "../store.js";

/** SQLite's extended result codes by what they mean to an operator; the first matching prefix decides. */
const MEANINGS = [
  ["SQLITE_FULL", "full"],
  ["SQLITE_IOERR_SHMSIZE", "full"],
  ["SQLITE_CORRUPT", "corrupt"],
  ["SQLITE_NOTADB", "corrupt"],
  ["SQLITE_IOERR_SHORT_READ", "corrupt"],
  ["SQLITE_READONLY", "not_writable"],
  ["SQLITE_CANTOPEN", "not_writable"],
  ["SQLITE_PERM", "not_writable"],
  ["SQLITE_AUTH", "not_writable"],
  ["SQLITE_CONSTRAINT", "rejected"],
  ["SQLITE_TOOBIG", "rejected"],
  ["SQLITE_MISMATCH", "rejected"],
] as const;

/** The StoreError for whatever was thrown while working on `file`; a StoreError passes as it is. */
export function toStoreError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  const reason = error instanceof Error ? error.message : String(error);
  // The files beside the database are written without SQLite.
  const meaning = isDiskFull(error) ? "full" : MEANINGS.find(([prefix]) => code.startsWith(prefix))?.[1];
  switch (meaning) {
    case "full":
      return diskFull(file, error);
    case "corrupt":
      return new StoreError("corrupt", damaged(code, file, reason), { cause: error });
    case "not_writable":
      return notWritable(file, error);
    case "rejected":
      return new StoreError("rejected", `A row cannot be stored: ${reason}.`, { cause: error });
    default:
      // A value that can't be bound is the caller's; everything else may pass.
      return error instanceof RangeError
        ? new StoreError("rejected", `A value cannot be stored: ${reason}.`, { cause: error })
        : new StoreError("unavailable", `The database ${file} is unavailable: ${reason}.`, {
            cause: error,
          });
  }
}

/** The same for opening it, which only another start tries again. */
export function toOpeningError(error: unknown, file: string): StoreError {
  const failure = toStoreError(error, file);
  if (failure.code !== "full") return failure;
  const message = `The disk that holds ${file} is full. Free some space and start again.`;
  return new StoreError("full", message, { cause: error });
}

export function diskFull(file: string, cause: unknown): StoreError {
  const message = `The disk that holds ${file} is full; nothing was stored. Free some space; work resumes automatically.`;
  return new StoreError("full", message, { cause });
}

/** The folder or the file can't be written by this user, or has no room. */
export function notWritable(file: string, cause: unknown): StoreError {
  if (isDiskFull(cause)) return diskFull(file, cause);
  return new StoreError(
    "not_writable",
    `The database ${file} is not writable. Give this user write access to the file and its folder, or choose another location.`,
    { cause },
  );
}

function damaged(code: string, file: string, reason: string): string {
  return code === "SQLITE_NOTADB"
    ? `${file} is not a SQLite database. Choose another file, or move this one out of the way.`
    : `The database ${file} is damaged (${reason}). Stop everything that uses it and restore it from a backup.`;
}

function codeOf(error: unknown): string {
  return error instanceof Database.SqliteError ? error.code : "";
}
