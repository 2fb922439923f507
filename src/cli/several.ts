// The same for several things, one after the other: one that fails doesn't keep the others from their turn.
import { ApiError } from "../client/index.js";
import { CommandFailure, describeFailure, EXIT, type ExitCode } from "./failure.js";
import { say } from "./output.js";

/** Each item once, in order. Says what failed; throws CommandFailure with the code of the first failure at the end. */
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

/** The code of a failure that is about this one thing only; undefined where the next would fail the same way. */
function passingCode(error: unknown): ExitCode | undefined {
  if (error instanceof CommandFailure) return error.code === EXIT.interrupted ? undefined : error.code;
  if (!(error instanceof ApiError) || error.status === 401 || error.status >= 500) return undefined;
  return error.status === 404 ? EXIT.notFound : error.status === 422 ? EXIT.usage : EXIT.error;
}
