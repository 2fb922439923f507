// What a worker is given by the program that starts it.
import type { Blobs } from "../files/files.js";
import type { Clock } from "../lib/clock.js";
import type { Log } from "../lib/log.js";
import type { ProcessBirth } from "../lib/process-birth.js";
import type { Millis } from "../model/time.js";
import type { Store, WorkStore } from "../store/store.js";
import type { Registry } from "../task/registry.js";
import type { SubmitCall } from "./context.js";

export interface WorkerOptions {
  readonly store: WorkStore &
    Pick<Store, "files" | "workers" | "onWork" | "isShared" | "lease" | "notificationProblem">;
  readonly registry: Registry;
  /** Submits what handlers submit; answers the task's id once it is on disk. */
  readonly submit: (call: SubmitCall) => Promise<string>;
  readonly blobs: Pick<Blobs, "write" | "remove" | "path">;
  readonly clock: Clock;
  /** A number from 0 up to 1, for jitter. */
  readonly random: () => number;
  /** Ids of artifacts, and this worker's own. */
  readonly newId: () => string;
  readonly log: Log;
  readonly version: string;
  readonly host: string;
  readonly pid: number;
  /** Lets neighbours tell at once that this process has ended; without it they wait for the end of the lease. */
  readonly birth?: ProcessBirth;
  /** Tasks that run at a time. Default 10. */
  readonly concurrency?: number;
  /** Default "all". */
  readonly queues?: "all" | readonly string[];
  /** How long running tasks get to finish when it stops, in milliseconds. Default 30 s. */
  readonly drain?: Millis;
  /** Holds temporary files of processes that run tasks. Made where it is missing. Default: the system's folder for these. */
  readonly scratchRoot?: string;
}
