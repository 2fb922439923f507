// What the SQLite store's own tests share: a folder, a store in it, and a second process.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { type Clock, createManualClock } from "../../src/lib/clock.js";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import { type Store, StoreError } from "../../src/store/store.js";

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "taskwright-sqlite-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A store that is closed with the test. */
export async function openStore(file: string, clock: Clock = createManualClock()): Promise<Store> {
  const store = await openSqliteStore({ file, clock });
  onTestFinished(() => store.close());
  return store;
}

/** The StoreError that it throws; anything else fails the test. */
export async function refusal(attempt: Promise<unknown>): Promise<StoreError> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const BUILT = createRequire(import.meta.url);

/**
 * Another process that opens the store of `file`, runs `script` (which sees `store` and the task `task`), says "ready"
 * and stays until it is killed.
 */
export async function startHolder(file: string, script: string): Promise<ChildProcess> {
  const program = `
    import { openSqliteStore } from ${JSON.stringify(BUILT.resolve("#thread/store/sqlite/sqlite-store"))};
    import { systemClock } from ${JSON.stringify(BUILT.resolve("#thread/lib/clock"))};
    const store = await openSqliteStore({ file: ${JSON.stringify(file)}, clock: systemClock });
    ${script}
    setInterval(() => undefined, 60_000);
    process.send("ready");`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  await new Promise<void>((resolve, reject) => {
    child.once("message", () => resolve());
    child.once("exit", (code) => reject(new Error(`the holder ended with ${code}`)));
  });
  return child;
}

/** Kills it as a power cut would, and waits until it is gone. */
export async function killHard(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}
