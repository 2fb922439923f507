// The SQLite store: puts its threads and the contract together. One database belongs to one process.
import path from "node:path";
import type { Clock } from "../../lib/clock.js";
import { createListeners, type Listeners } from "../listeners.js";
import { createProblems, type Problems } from "../problems.js";
import { ENDLESS_LEASE, type Store, StoreError } from "../store.js";
import { startBackgroundCheck } from "./background-check.js";
import { openReader, type Synchronous } from "./connection.js";
import { toStoreError } from "./errors.js";
import { type Inserting, insertTasks } from "./fast-groups.js";
import { openPointReads, type Reads } from "./read-verbs.js";
import { createThread, type Thread } from "./thread.js";
import type { WriteVerbs, WritingOptions } from "./write-verbs.js";

export interface SqliteStoreOptions {
  /** The database file; it and its folder are made where they are missing. */
  readonly file: string;
  readonly clock: Clock;
  /** Default "full": what resolves survives a power cut. "normal" survives kill -9 only. */
  readonly synchronous?: Synchronous;
  /** Bring the schema up to date while opening. Default true; otherwise nothing but `migrate` works on an old one. */
  readonly migrate?: boolean;
}

interface Parts {
  readonly writer: Thread<WriteVerbs>;
  readonly listeners: Listeners;
  readonly problems: Problems;
}

/**
 * Opens the database and holds it until `close`. Throws StoreError: too_old, too_new, locked, not_writable, corrupt, full,
 * and unavailable where `migrate` is false and the schema is an older one.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { clock, synchronous = "full", migrate = true } = options;
  const file = path.resolve(options.file);
  const listeners = createListeners();
  const problems = createProblems();
  const data: WritingOptions = { file, synchronous, migrate };
  const writer = createThread<WriteVerbs>({
    entry: "writer-thread",
    data,
    clock,
    listeners,
    // A cancel or an edit may meet the damage of one task, and stores nothing that a worker waits for.
    onError: (error, verb) =>
      problems.noteError(error, verb === "cancel" || verb === "edit" ? "read" : "write"),
  });
  try {
    const opened = await writer.call("open", []);
    if (opened.problem) problems.note(opened.problem);
    return assemble(opened.file, clock, { writer, listeners, problems });
  } catch (error) {
    await writer.close();
    throw toStoreError(error, file);
  }
}

function assemble(file: string, clock: Clock, { writer, listeners, problems }: Parts): Store {
  const reader = createThread<Reads>({
    entry: "reader-thread",
    data: { file },
    clock,
    listeners,
    onError: (error) => problems.noteError(error, "read"),
  });
  const endCheck = startBackgroundCheck({ file, clock, listeners, problems });
  const database = openReader(file);
  const here = openPointReads(database, clock.now);
  let closing: Promise<void> | undefined;

  /** A read of this thread: refused after close, and whatever it throws is a StoreError. */
  function read<Args extends readonly unknown[], Answer>(
    run: (...args: Args) => Answer,
  ): (...args: Args) => Promise<Answer> {
    return async (...args) => {
      if (closing !== undefined) throw new StoreError("closed", "The store was closed.");
      try {
        return run(...args);
      } catch (error) {
        const failure = toStoreError(error, file);
        problems.noteError(failure, "read");
        throw failure;
      }
    };
  }

  async function close(): Promise<void> {
    await endCheck();
    database.close();
    await reader.close();
    // Last, because only the writer can bring what stands in the log into the database.
    await writer.close();
  }

  const inserting: Inserting = {
    insertFast: (...args) => writer.call("insertFast", args),
    insert: (...args) => writer.call("insert", args),
  };

  return {
    kind: "sqlite",
    isShared: false,
    turn: (...args) => writer.call("turn", args),
    lease: () => ENDLESS_LEASE,
    beat: (...args) => writer.call("beat", args),
    retire: (...args) => writer.call("retire", args),
    sync: (...args) => writer.call("sync", args),
    reclaim: (worker, limit, gone = []) => writer.call("reclaim", [worker, limit, gone]),
    promote: (...args) => writer.call("promote", args),
    insert: (tasks, options) => insertTasks(tasks, inserting, options),
    async insertWithin() {
      throw new StoreError(
        "unsupported",
        "Submitting within a transaction requires PostgreSQL; a SQLite store can be used by one process only.",
      );
    },
    get: read(here.get),
    list: (...args) => reader.call("list", args),
    ahead: (...args) => reader.call("ahead", args),
    cancel: (...args) => writer.call("cancel", args),
    edit: (...args) => writer.call("edit", args),
    attempts: read(here.attempts),
    logs: (...args) => reader.call("logs", args),
    artifacts: read(here.artifacts),
    artifact: read(here.artifact),
    beginFile: (...args) => writer.call("beginFile", args),
    completeFile: (...args) => writer.call("completeFile", args),
    files: read(here.files),
    expireFiles: (...args) => writer.call("expireFiles", args),
    removeFiles: (...args) => writer.call("removeFiles", args),
    records: read(here.records),
    commitRecords: (...args) => writer.call("commitRecords", args),
    listRecords: read(here.listRecords),
    dueRecords: read(here.dueRecords),
    recordEntries: read(here.recordEntries),
    expireRecords: (...args) => writer.call("expireRecords", args),
    expired: (finishedFor, limit) => reader.call("expired", [clock.now() - finishedFor, limit]),
    remove: (...args) => writer.call("remove", args),
    totals: read(here.totals),
    timeline: (...args) => reader.call("timeline", args),
    queues: (page) => reader.call("queues", [page]),
    workers: read(here.workers),
    migrate: () => writer.call("migrate", []),
    ping: () => writer.call("ping", []),
    probe: () => writer.call("probe", []),
    notificationProblem: () => undefined,
    problem: problems.current,
    onProblem: problems.listen,
    onWork: listeners.onWork,
    onChange: listeners.onChange,
    onMissed: listeners.onMissed,
    close() {
      closing ??= close();
      return closing;
    },
  };
}
