// What `createTaskwright` takes.
import type { Log } from "../lib/log.js";
import type { Duration } from "../model/time.js";
import type { TaskType } from "../task/define.js";

export interface TaskwrightOptions {
  /** The task types that this program knows. */
  readonly tasks: readonly TaskType[];
  /**
   * SQLite file; it and its folder are made where they are missing. Or postgres://user:password@host:port/database.
   * Default "data/taskwright.db".
   */
  readonly store?: string;
  /** PostgreSQL: schema that holds the tables. Default "taskwright". */
  readonly schema?: string;
  /** PostgreSQL: whether to bring the schema up to date. Default true; otherwise an older one is refused. */
  readonly migrate?: boolean;
  /** PostgreSQL: connections that work may use at once; a few more beat and listen. Default 10. */
  readonly poolSize?: number;
  /** Folder of this machine: for uploads and artifacts, or for copies of those that lie elsewhere. Default "data". */
  readonly dataDir?: string;
  /**
   * Where uploads and artifacts lie: "folder" (in `dataDir`), the path of another folder, "database" (PostgreSQL), or
   * s3://bucket/prefix?region=…&endpoint=…&path_style=true. Default "auto": the folder with SQLite, the database with
   * PostgreSQL.
   */
  readonly files?: string;
  /** "full" syncs each commit to disk; "normal" may lose the last moments when the machine loses power. Default "full". */
  readonly durability?: "full" | "normal";
  /** Finished tasks are removed after this time. Default "30d". */
  readonly keepFinished?: Duration;
  /**
   * How long a call waits for a store that does not answer, before it throws TaskwrightError unavailable. What it asked
   * for may still be done then: repeat a submit under its id or key. Default "10s".
   */
  readonly storeTimeout?: Duration;
  /** Queues that may hold tasks at the same time; a submit to one more throws TaskwrightError validation_failed. Default 1,000. */
  readonly maxQueues?: number;
  /** Says nothing by default; pino fits. */
  readonly log?: Log;
}
