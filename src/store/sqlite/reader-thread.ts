// The thread that reads: its own connection, one call after the other. Entry point; nothing imports it.
import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../../lib/clock.js";
import { openReader } from "./connection.js";
import { toStoreError } from "./errors.js";
import { createHistory } from "./history.js";
import { createListing } from "./listing.js";
import type { ReadCall, ReadRequest } from "./reads.js";
import { createExpiry } from "./retention.js";
import { createStatistics } from "./statistics.js";

const port = parentPort;
if (!port) throw new Error("reader-thread.js is the entry of a worker thread");
const { file }: { readonly file: string } = workerData;
const database = openReader(file);
const listing = createListing(database, systemClock);
const history = createHistory(database);
const statistics = createStatistics(database);
const expiry = createExpiry(database);

function read(call: ReadCall): unknown {
  switch (call.method) {
    case "list":
      return listing.list(...call.args);
    case "logs":
      return history.logs(...call.args);
    case "totals":
      return statistics.totals();
    case "timeline":
      return statistics.timeline(...call.args);
    case "queues":
      return statistics.queues();
    case "expired":
      return expiry.expired(...call.args);
  }
}

port.on("message", (request: ReadRequest | "close") => {
  if (request === "close") {
    database.close();
    port.close();
    return;
  }
  const { seq, call } = request;
  try {
    port.postMessage({ seq, ok: true, answer: read(call) });
  } catch (error) {
    const { code, message } = toStoreError(error, file);
    port.postMessage({ seq, ok: false, code, message });
  }
});
