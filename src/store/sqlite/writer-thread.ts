// The thread that writes: it holds the database. Entry point; nothing imports it.
import { workerData } from "node:worker_threads";
import { serveCalls } from "./serve-calls.js";
import { createTransactionEvents } from "./transaction-events.js";
import { openForWriting, type WritingOptions } from "./write-verbs.js";

const options: WritingOptions = workerData;

serveCalls(options.file, (caller) => {
  const events = createTransactionEvents(() => caller().listening);
  const { verbs, close } = openForWriting(options, { clock: { now: () => caller().now }, events });
  return { verbs, close, told: events.take };
});
