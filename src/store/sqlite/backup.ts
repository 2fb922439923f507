// Copies a SQLite database while a server writes to it, in a process of its own. Never takes the lock, never overwrites,
// and leaves the naming and publishing of the copy to its caller.
import { fork } from "node:child_process";
import { stat } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { type Clock, pause } from "../../lib/clock.js";
import type { Millis } from "../../model/time.js";
import { StoreError, type StoreErrorCode } from "../store.js";

export interface CopyOptions {
  readonly file: string;
  /** Where the copy goes: an empty file, which keeps its mode, or none. After a failure or an abort a part may stay. */
  readonly into: string;
  readonly clock: Clock;
  /** Ends the copy at once; it throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Hears how many bytes the copy has, of about how many. */
  readonly onProgress?: (bytes: number, total: number) => void;
}

/** What the copying process answers. */
export type CopyReply =
  | { readonly ok: true; readonly version: number }
  | { readonly ok: false; readonly code: StoreErrorCode; readonly message: string };

/** SQLite copies in one call that nothing interrupts: a process can be ended, and this one stays free to draw. */
const ENTRY = createRequire(import.meta.url).resolve("#thread/store/sqlite/backup-process");
const LOOK: Millis = 200;

/**
 * Writes a consistent copy of the database, as it is at one moment, and syncs it to disk. Answers its size in bytes.
 * The database is only read; its log can't be folded back meanwhile and grows by what is written.
 * Throws StoreError where the database can't be read or the copy not be written.
 */
export async function copySqliteStore(options: CopyOptions): Promise<{ readonly bytes: number }> {
  const { clock, signal, onProgress } = options;
  const into = path.resolve(options.into);
  signal?.throwIfAborted();
  const total = await sizeOf(options.file);
  const ended = new AbortController();
  const copying = copyInProcess(path.resolve(options.file), into, signal).finally(() => ended.abort());
  async function look(): Promise<void> {
    while (!ended.signal.aborted) {
      onProgress?.(await sizeOf(into), total);
      await pause(clock, LOOK, ended.signal);
    }
  }
  await Promise.all([copying, look()]);
  return { bytes: await sizeOf(into) };
}

function copyInProcess(file: string, into: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(ENTRY, [file, into], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    let reply: CopyReply | undefined;
    const kill = () => child.kill("SIGKILL");
    signal?.addEventListener("abort", kill, { once: true });
    child.on("message", (message: CopyReply) => {
      reply = message;
    });
    child.on("error", reject);
    child.on("close", () => {
      signal?.removeEventListener("abort", kill);
      if (signal?.aborted) reject(signal.reason);
      else if (reply?.ok) resolve();
      else if (reply) reject(new StoreError(reply.code, reply.message));
      else
        reject(new StoreError("unavailable", "The process that copies the database has crashed; try again."));
    });
  });
}

/** 0 where there is no such file yet. */
async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
    throw error;
  }
}
