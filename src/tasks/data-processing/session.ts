// DuckDB for one task: bounded in memory, and able to read nothing but the task's own file and folder.
import { constants } from "node:fs";
import { copyFile } from "node:fs/promises";
import path from "node:path";
import type { z } from "zod";
import { wait } from "../pace.js";
import { withScratch } from "../scratch.js";
import { close, giveInMemory, type Opened, openOnDisk, takeInMemory } from "./instance.js";

/** What the database and all that spills from memory may take on the disk. */
export const SCRATCH_BYTES = 4 * 1024 ** 3;
const INTERRUPT_EVERY_MS = 10;

export interface Session {
  /** Of the task alone; what is in it can be read. */
  readonly folder: string;
  /** Where the task's file is to be read. */
  readonly file: string | undefined;
  /** Runs statements. Rejects with the signal's reason once it aborts, like all of these. */
  run(sql: string): Promise<void>;
  /** Like run, and calls `onProgress` with 0–100 meanwhile. */
  runWithProgress(sql: string, onProgress: (percent: number) => void): Promise<void>;
  /** Names of a table's columns, and their types as DuckDB writes them. */
  columns(from: string): Promise<readonly { readonly name: string; readonly type: string }[]>;
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

/** A session with a database on disk, for tables that may not fit into memory. Throws Discard without DuckDB. */
export async function openSession({ folder, file, signal }: SessionOptions): Promise<Session> {
  const opened = await openOnDisk(folder, file);
  return createSession(opened, { file, signal }, async () => close(opened));
}

/**
 * Runs `work` in a session, which is closed afterwards with nothing left of it. `fits`: its tables fit into memory, and
 * so does a copy of the file.
 */
export async function withSession<Answer>(
  { file, signal, fits }: Omit<SessionOptions, "folder"> & { readonly fits: boolean },
  work: (session: Session) => Promise<Answer>,
): Promise<Answer> {
  if (!fits) {
    return withScratch(async (folder) => inSession(await openSession({ folder, file, signal }), work));
  }
  const opened = await takeInMemory();
  let isClean = false;
  const copy = file === undefined ? undefined : path.join(opened.folder, "file");
  const end = async () => (isClean ? giveInMemory(opened) : close(opened));
  return inSession(createSession(opened, { file: copy, signal }, end), (session) =>
    withScratch(async () => {
      // The instance outlives the file, and what it may read can't be changed.
      if (file !== undefined && copy !== undefined) await copyFile(file, copy, constants.COPYFILE_FICLONE);
      const answer = await work(session);
      isClean = !signal.aborted;
      return answer;
    }, opened.folder),
  );
}

async function inSession<Answer>(
  session: Session,
  work: (session: Session) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

function createSession(
  { connection, folder }: Opened,
  { file, signal }: Omit<SessionOptions, "folder">,
  end: () => Promise<void>,
): Session {
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
    folder,
    file,
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
    async columns(from) {
      const empty = await interruptible(() => connection.runAndReadAll(`SELECT * FROM ${from} LIMIT 0`));
      const types = empty.columnTypes().map(String);
      return empty.columnNames().map((name, at) => ({ name, type: types[at] ?? "" }));
    },
    async json(sql, schema) {
      const reader = await interruptible(() => connection.runAndReadAll(sql));
      const text = reader.value(0, 0);
      return schema.parse(typeof text === "string" ? JSON.parse(text) : null);
    },
    async close() {
      // Closing under a running query takes the process down; one that was interrupted ends in milliseconds.
      await Promise.allSettled(running);
      await end();
    },
  };
  return session;
}
