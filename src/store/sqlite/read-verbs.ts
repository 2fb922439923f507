// The reads: long ones, which have a thread to themselves, and those of single rows, which take less time than asking a
// thread would. Both see what was acknowledged, and never wait for the writer.
import type { Database } from "better-sqlite3";
import { systemClock } from "../../lib/clock.js";
import type { Instant } from "../../model/time.js";
import { createAhead } from "./ahead.js";
import { createFileReads } from "./files.js";
import { createHistory } from "./history.js";
import { createListing } from "./listing.js";
import { createRecordReads } from "./records.js";
import { createExpiry } from "./retention.js";
import { createStatistics } from "./statistics.js";
import { createTaskReads } from "./tasks.js";

export function openReads(database: Database) {
  const { timeline, queues } = createStatistics(database);
  const { list } = createListing(database, systemClock);
  const { logs } = createHistory(database);
  const { expired } = createExpiry(database);
  const { ahead } = createAhead(database);
  return { list, ahead, logs, timeline, queues, expired };
}

export type Reads = ReturnType<typeof openReads>;

export function openPointReads(database: Database, now: () => Instant) {
  const { attempts, artifacts, artifact } = createHistory(database);
  const { totals, workers } = createStatistics(database);
  return {
    ...createTaskReads(database),
    ...createFileReads(database),
    ...createRecordReads(database, now),
    attempts,
    artifacts,
    artifact,
    // A row per lane: the first submit to a queue waits for it, and must not wait for a thread to start.
    totals,
    workers,
  };
}
