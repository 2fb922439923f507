// The only door to what is stored, for HTTP and the library: the queue and everything that is read beside it.
import type { Blobs } from "../files/files.js";
import type { Clock } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import type { TaskId } from "../model/id.js";
import type { Store } from "../store/store.js";
import type { Registry } from "../task/registry.js";
import { createQueue } from "./create-queue.js";
import { createEventHub, type EventHub } from "./events.js";
import { createFiles, type Files } from "./files.js";
import { createHealth, type Health } from "./health.js";
import { createOperations, type Operations } from "./operations.js";
import type { Queue } from "./queue.js";
import { createSessions, type Sessions } from "./sessions.js";
import { createStatistics, type Statistics } from "./statistics.js";
import { translated } from "./store-errors.js";

export interface Facade {
  readonly queue: Queue;
  readonly files: Files;
  readonly operations: Operations;
  readonly statistics: Statistics;
  readonly health: Health;
  readonly sessions: Sessions;
  /** A stream of events with numbers of its own; close it when done. */
  openEvents(): EventHub;
}

export interface FacadeOptions {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
  /** Queues that may hold tasks at the same time. Default 1,000. */
  readonly maxQueues?: number | undefined;
  /** Ids of tasks, uploads and event streams. */
  readonly newId: () => TaskId;
}

export function createFacade(options: FacadeOptions): Facade {
  const inner = { ...options, store: translated(options.store) };
  return {
    queue: createQueue(inner),
    files: createFiles(inner),
    operations: createOperations(inner),
    statistics: createStatistics(inner),
    health: createHealth(options),
    sessions: createSessions(inner),
    openEvents: () => createEventHub({ ...inner, epoch: options.newId() }),
  };
}
