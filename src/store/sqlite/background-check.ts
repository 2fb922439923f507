// Looks for damage once, some time after a start, in a thread that ends with it. What it finds is noted; it stops nothing.
import type { Clock } from "../../lib/clock.js";
import type { Millis } from "../../model/time.js";
import type { Listeners } from "../listeners.js";
import type { Problems } from "../problems.js";
import { type Checked, damageMessage } from "./quick-check.js";
import { createThread } from "./thread.js";

/** A start has other things to read. */
const DELAY: Millis = 5_000;

type CheckVerbs = { readonly quickCheck: () => Checked };

/** Answers what ends it; the database may be closed after that. */
export function startBackgroundCheck(options: {
  readonly file: string;
  readonly clock: Clock;
  readonly listeners: Listeners;
  readonly problems: Problems;
}): () => Promise<void> {
  const { file, clock, listeners, problems } = options;
  const thread = createThread<CheckVerbs>({
    entry: "check-thread",
    data: { file },
    clock,
    listeners,
    onError: (error) => problems.noteError(error, "read"),
  });

  async function check(): Promise<void> {
    try {
      const { fault } = await thread.call("quickCheck", []);
      if (fault === undefined) return;
      problems.note({ severity: "degraded", code: "corrupt", message: damageMessage(file, fault) });
    } catch {
      // Damage that keeps it from being read has been noted; anything else is no finding.
    } finally {
      await thread.close();
    }
  }

  const cancel = clock.after(DELAY, () => void check(), { background: true });
  return async () => {
    cancel();
    await thread.close();
  };
}
