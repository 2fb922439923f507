// One private DuckDB for one task: on disk, bounded in memory, and able to read nothing but the task's own file.
import { availableParallelism } from "node:os";
import path from "node:path";
import type { z } from "zod";
import { loadOptional } from "../optional-package.js";
import { wait } from "../pace.js";

const MEMORY_LIMIT = "1GB";
/** What the database and all that spills from memory may take on the disk. */
export const SCRATCH_BYTES = 4 * 1024 ** 3;
/** Two, so that a big file leaves a core to the server on most machines. */
const MAX_THREADS = 2;
const INTERRUPT_EVERY_MS = 10;

export interface Session {
  /** Runs statements. Rejects with the signal's reason once it aborts, like all of these. */
  run(sql: string): Promise<void>;
  /** Like run, and calls `onProgress` with 0–100 meanwhile. */
  runWithProgress(sql: string, onProgress: (percent: number) => void): Promise<void>;
  /** The value of a query that answers one row with one JSON text, checked by `schema`. */
  json<Schema extends z.ZodType>(sql: string, schema: Schema): Promise<z.output<Schema>>;
  /** Resolves once nothing of it runs any more. */
  close(): Promise<void>;
}

export interface SessionOptions {
  /** An empty folder for the database and what spills from memory. */
  readonly folder: string;
  /** The one file that may be read. */
  readonly file: string | undefined;
  readonly signal: AbortSignal;
}

/** Throws Discard where DuckDB is not installed. */
export async function openSession({ folder, file, signal }: SessionOptions): Promise<Session> {
  const duckdb = await loadOptional("@duckdb/node-api", () => import("@duckdb/node-api"));
  const instance = await duckdb.DuckDBInstance.create(path.join(folder, "data.duckdb"), {
    memory_limit: MEMORY_LIMIT,
    threads: String(Math.min(MAX_THREADS, availableParallelism())),
    temp_directory: path.join(folder, "spilled"),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    // Which of many equal rows comes first means nothing here, and keeping it costs memory.
    preserve_insertion_order: "false",
  });
  const connection = await instance.connect();
  const running = new Set<Promise<unknown>>();

  /** Interrupts again and again: an interrupt that falls between two steps of a query is lost. */
  async function interruptible<Answer>(query: () => Promise<Answer>): Promise<Answer> {
    signal.throwIfAborted();
    const finished = new AbortController();
    const interrupt = async () => {
      while (!finished.signal.aborted) {
        connection.interrupt();
        await wait(INTERRUPT_EVERY_MS, finished.signal);
      }
    };
    const onAbort = () => void interrupt();
    signal.addEventListener("abort", onAbort, { once: true });
    const answer = query();
    running.add(answer);
    try {
      return await answer;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      running.delete(answer);
      finished.abort();
      signal.removeEventListener("abort", onAbort);
    }
  }

  const session: Session = {
    async run(sql) {
      await interruptible(() => connection.run(sql));
    },
    async runWithProgress(sql, onProgress) {
      const finished = new AbortController();
      const watch = async () => {
        while (!finished.signal.aborted) {
          const { percentage } = connection.progress;
          if (percentage > 0) onProgress(percentage);
          await wait(100, finished.signal);
        }
      };
      const watching = watch();
      try {
        await session.run(sql);
      } finally {
        finished.abort();
        await watching;
      }
    },
    async json(sql, schema) {
      const reader = await interruptible(() => connection.runAndReadAll(sql));
      const text = reader.value(0, 0);
      return schema.parse(typeof text === "string" ? JSON.parse(text) : null);
    },
    async close() {
      // Closing under a running query takes the process down; one that was interrupted ends in milliseconds.
      await Promise.allSettled(running);
      connection.closeSync();
      instance.closeSync();
    },
  };

  try {
    await session.run("SET enable_progress_bar = true");
    await session.run("SET enable_progress_bar_print = false");
    await session.run("SET TimeZone = 'UTC'");
    // What is thrown away need not be tidied up first, on the event loop at that.
    await session.run("PRAGMA disable_checkpoint_on_shutdown");
    if (file !== undefined) await session.run(`SET allowed_paths = [${text(file)}]`);
    await session.run("SET enable_external_access = false");
    await session.run("SET lock_configuration = true");
  } catch (error) {
    await session.close();
    throw error;
  }
  return session;
}

/** A text as SQL. */
export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A column's name as SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
