// What a store throws, in the words that callers of the queue know. Where the store is stays in the cause, which the log has.
import { TaskwrightError } from "../model/errors.js";
import { type Store, StoreError } from "../store/store.js";
import { wrapStore } from "../store/wrap-store.js";

/** A store that throws TaskwrightError wherever a caller can act on a failure: the only kind that the queue accepts. */
export interface TranslatedStore extends Store {
  readonly throws: "TaskwrightError";
}

/** The same store, whose verbs throw TaskwrightError instead of StoreError. */
export function translated(store: Store): TranslatedStore {
  const wrapped = wrapStore(store, {}, async (call) => {
    try {
      return await call();
    } catch (error) {
      throw translate(error);
    }
  });
  return { ...wrapped, throws: "TaskwrightError" };
}

/** Whether an insert failed because one of its tasks cannot be stored, so that the others may be. */
export function isOneRejected(error: unknown): boolean {
  return (
    error instanceof TaskwrightError && error.cause instanceof StoreError && error.cause.code === "rejected"
  );
}

function translate(cause: unknown): unknown {
  if (!(cause instanceof StoreError)) return cause;
  switch (cause.code) {
    case "full":
      return new TaskwrightError("storage_full", cause.advice, { cause });
    // Whatever it is that an operator has to do, callers can only try again later.
    case "unavailable":
    case "refused":
    case "not_writable":
    case "corrupt":
    case "too_old":
    case "too_new":
    case "locked":
    case "lost":
    case "closed":
      return new TaskwrightError("unavailable", cause.advice, { cause });
    case "invalid_cursor":
      return new TaskwrightError("invalid_cursor", cause.message, { cause });
    case "unsupported": {
      const message = "is not supported by this store; omit it";
      const errors = [{ pointer: "/tx", code: "unsupported", message }];
      return new TaskwrightError("validation_failed", cause.message, { cause, errors });
    }
    case "rejected":
      return new TaskwrightError("validation_failed", cause.message, { cause });
  }
}
