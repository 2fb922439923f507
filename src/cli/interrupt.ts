// Ctrl-C for commands that only watch: tasks on the server keep running.
import { CommandFailure, EXIT } from "./failure.js";

/** Runs `work` with a signal that Ctrl-C aborts. Then throws CommandFailure interrupted, regardless of how `work` ends. */
export async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new CommandFailure(EXIT.interrupted, "interrupted"));
  process.once("SIGINT", interrupt);
  try {
    await work(interruption.signal);
  } catch (error) {
    interruption.signal.throwIfAborted();
    throw error;
  } finally {
    process.off("SIGINT", interrupt);
  }
  interruption.signal.throwIfAborted();
}
