// Ctrl-C for commands that only look on: what runs on the server goes on.
import { CommandFailure, EXIT } from "./failure.js";

/** Runs `work` with a signal that Ctrl-C aborts. Throws CommandFailure interrupted then, whatever `work` made of it. */
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
