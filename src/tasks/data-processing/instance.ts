// DuckDB instances. A large table has one of its own, stored on disk. Small ones share an instance in memory, one after
// the other: opening one, and the first query of each kind, takes longer than all the work on a small file.
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { loadOptional } from "../optional-package.js";
import { identifier, text } from "./sql.js";

const MEMORY_LIMIT = "1GB";
/** Two, so that a big file leaves a core to the server on most machines. */
const MAX_THREADS = 2;

export interface Opened {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  /** The folder whose files it may read and write, and where it spills. */
  readonly folder: string;
}

/** Where spilled memory goes, below the folder. */
const SPILLED = "spilled";
/** The database of one task. */
const DATABASE = identifier("task");

/** Opens an instance with a database on disk. `file`: the one that it may read outside the folder. */
export async function openOnDisk(folder: string, file: string | undefined): Promise<Opened> {
  const opened = await open(folder);
  const database = text(path.join(folder, "data.duckdb"));
  try {
    await opened.connection.run(`
      ATTACH ${database} AS ${DATABASE}; USE ${DATABASE};
      SET allowed_paths = [${file === undefined ? "" : text(file)}];
      ${LOCK}`);
    return opened;
  } catch (error) {
    close(opened);
    throw error;
  }
}

/** The one that waits for the next small table. */
let idle: Promise<Opened> | undefined;

/** Opens one in advance. */
export function warmUp(): void {
  idle ??= openInMemory();
  // What is wrong shows in the first task.
  idle.catch(() => undefined);
}

/** An instance with an empty database in memory. Its folder does not exist yet. */
export async function takeInMemory(): Promise<Opened> {
  const waiting = idle;
  idle = undefined;
  const opened = (await waiting?.catch(() => undefined)) ?? (await openInMemory());
  await opened.connection.run(`ATTACH ':memory:' AS ${DATABASE}; USE ${DATABASE}`);
  return opened;
}

/** Takes it back for the next task with nothing left in it. Closes it where one waits, or where that fails. */
export async function giveInMemory(opened: Opened): Promise<void> {
  // The next task's folder would not be where it has spilled to.
  if (idle === undefined && !existsSync(path.join(opened.folder, SPILLED))) {
    try {
      await opened.connection.run(`USE memory; DETACH ${DATABASE}`);
      idle ??= Promise.resolve(opened);
      return;
    } catch {
      // A query of the task may still be open; the instance ends with it.
    }
  }
  close(opened);
}

/** Closes it. A query that runs takes the process down. */
export function close({ instance, connection }: Opened): void {
  connection.closeSync();
  instance.closeSync();
}

async function openInMemory(): Promise<Opened> {
  const opened = await open(path.join(tmpdir(), `taskwright-work-${randomUUID()}`));
  try {
    await opened.connection.run(LOCK);
    await opened.connection.run(WARM_UP);
    return opened;
  } catch (error) {
    close(opened);
    throw error;
  }
}

async function open(folder: string): Promise<Opened> {
  const duckdb = await loadOptional("@duckdb/node-api", () => import("@duckdb/node-api"));
  const instance = await duckdb.DuckDBInstance.create(":memory:", {
    memory_limit: MEMORY_LIMIT,
    threads: String(Math.min(MAX_THREADS, availableParallelism())),
    temp_directory: path.join(folder, SPILLED),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    // Which of many equal rows comes first means nothing here, and keeping it costs memory.
    preserve_insertion_order: "false",
  });
  const connection = await instance.connect();
  const opened = { instance, connection, folder };
  try {
    await connection.run(`${SETTINGS}; SET allowed_directories = [${text(`${folder}/`)}]`);
    return opened;
  } catch (error) {
    close(opened);
    throw error;
  }
}

// What is thrown away need not be tidied up first, on the event loop at that.
const SETTINGS = `
  SET enable_progress_bar = true;
  SET enable_progress_bar_print = false;
  SET TimeZone = 'UTC';
  PRAGMA disable_checkpoint_on_shutdown`;
const LOCK = "SET enable_external_access = false; SET lock_configuration = true";

// The kinds of queries that every task runs.
const WARM_UP = `
  SELECT to_json([{'distinct': cardinality(histogram(range)), 'min': left(min(range)::VARCHAR, 200),
      'std_dev': stddev_samp(range::DOUBLE), 'quartiles': quantile_cont(range::DOUBLE, [0.25, 0.5]),
      'values': list_sort(map_entries(histogram(range::VARCHAR)))[1:10]}]),
    map_values(histogram(-range::DOUBLE, [-5, 0]))
  FROM range(10)`;
