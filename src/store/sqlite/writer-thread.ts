// The thread that writes: it holds the database. Entry point; nothing imports it.
import { workerData } from "node:worker_threads";
import { createJournal } from "./journal.js";
import { serveCalls } from "./serve-calls.js";
import { openForWriting, type WritingOptions } from "./write-verbs.js";

const options: WritingOptions = workerData;

serveCalls(options.file, (caller) => {
  const journal = createJournal(() => caller().listening);
  const { verbs, close } = openForWriting(options, { clock: { now: () => caller().now }, journal });
  return { verbs, close, told: journal.take };
});
