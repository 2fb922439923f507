// Applies an action to several items in turn; a failure does not skip the remaining items.
import { ApiError } from "../client/index.js";
import { CommandFailure, describeFailure, EXIT, type ExitCode } from "./failure.js";
import { say } from "./output.js";

/** Handles each distinct item once, in order. Prints failures; at the end throws CommandFailure with the first one's code. */
export async function forEachOf<Item>(
  items: readonly Item[],
  action: (item: Item) => Promise<void>,
): Promise<void> {
  let failed: ExitCode | undefined;
  for (const item of new Set(items)) {
    try {
      await action(item);
    } catch (error) {
      const code = passingCode(error);
      if (items.length === 1 || code === undefined) throw error;
      const { text } = describeFailure(error, false);
      if (text !== "") say(text);
      failed ??= code;
    }
  }
  if (failed !== undefined) throw new CommandFailure(failed);
}

/** The exit code of a failure that concerns only this item; undefined if the next item would fail the same way. */
function passingCode(error: unknown): ExitCode | undefined {
  if (error instanceof CommandFailure) return error.code === EXIT.interrupted ? undefined : error.code;
  if (!(error instanceof ApiError) || error.status === 401 || error.status >= 500) return undefined;
  return error.status === 404 ? EXIT.notFound : error.status === 422 ? EXIT.usage : EXIT.error;
}
