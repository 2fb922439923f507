// The thread that looks for damage after a start: its own connection. Entry point; nothing imports it.
import { workerData } from "node:worker_threads";
import { openReader } from "./connection.js";
import { quickCheck } from "./quick-check.js";
import { serveCalls } from "./serve-calls.js";

const { file }: { readonly file: string } = workerData;

serveCalls(file, () => {
  const database = openReader(file);
  return { verbs: { quickCheck: () => quickCheck(database, file) }, close: () => void database.close() };
});
