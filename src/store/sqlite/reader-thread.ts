// The thread that reads what may take long: its own connection. Entry point; nothing imports it.
import { workerData } from "node:worker_threads";
import { openReader } from "./connection.js";
import { openReads } from "./read-verbs.js";
import { serveCalls } from "./serve-calls.js";

const { file }: { readonly file: string } = workerData;

serveCalls(file, () => {
  const database = openReader(file);
  return { verbs: openReads(database), close: () => void database.close() };
});
