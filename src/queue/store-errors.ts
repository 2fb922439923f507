// What a store throws, in the words that callers of the queue know. Where the store is stays in the cause, which the log has.
import { TaskwrightError } from "../model/errors.js";
import { StoreError } from "../store/store.js";

/** Awaits a call to the store. Throws TaskwrightError where a caller can act on the failure, else what the store threw. */
export async function fromStore<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw translate(error);
  }
}

function translate(cause: unknown): unknown {
  if (!(cause instanceof StoreError)) return cause;
  switch (cause.code) {
    case "full":
      return new TaskwrightError("storage_full", cause.advice, { cause });
    case "unavailable":
    case "refused":
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
    default:
      return cause;
  }
}
