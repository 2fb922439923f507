// Every failure of a store reaches callers as an error that they can act on, and says nothing of where the store is.
import { expect, it } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import { type ErrorCode, TaskwrightError } from "../../src/model/errors.js";
import { translated } from "../../src/queue/store-errors.js";
import { createMemoryStore } from "../../src/store/memory/memory-store.js";
import { StoreError, type StoreErrorCode } from "../../src/store/store.js";

/** Complete, or it does not compile. */
const SHOWN: Readonly<Record<StoreErrorCode, ErrorCode>> = {
  unavailable: "unavailable",
  refused: "unavailable",
  not_writable: "unavailable",
  corrupt: "unavailable",
  too_old: "unavailable",
  too_new: "unavailable",
  locked: "unavailable",
  lost: "unavailable",
  closed: "unavailable",
  full: "storage_full",
  invalid_cursor: "invalid_cursor",
  unsupported: "validation_failed",
  rejected: "validation_failed",
};

function failing(failure: unknown) {
  const store = createMemoryStore({ clock: createManualClock() });
  return translated({ ...store, get: () => Promise.reject(failure) });
}

it.each(Object.entries(SHOWN))("%s is shown as %s", async (code, shown) => {
  const isCode = (text: string): text is StoreErrorCode => text in SHOWN;
  if (!isCode(code)) throw new Error("unreachable");
  const cause = new StoreError(code, "at db.example.com:5432", { advice: "Ask the operator." });
  const error: unknown = await failing(cause)
    .get([])
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TaskwrightError);
  expect(error).toMatchObject({ code: shown, cause });
  if (shown === "unavailable" || shown === "storage_full") {
    expect(error).toMatchObject({ message: "Ask the operator." });
  }
});

it("what is no failure of the store passes as it is", async () => {
  const bug = new TypeError("x is not a function");
  await expect(failing(bug).get([])).rejects.toBe(bug);
});
