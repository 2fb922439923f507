// The entry of a process that runs handlers. It ends with the worker's process, whatever happens to that: when the
// channel closes, or, while native code blocks this thread, when the watchdog sees that the parent has gone.
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { createHost } from "./isolation-host.js";
import { preload } from "./isolation-load.js";
import type { HostSettings, ToHost } from "./isolation-protocol.js";
import { endOwnGroup } from "./own-group.js";

const settings: HostSettings = JSON.parse(process.argv[2] ?? "");
const { limits } = settings;

if (limits) {
  new Worker(new URL("./isolation-watchdog.js", import.meta.url), { workerData: limits }).unref();
}
process.on("disconnect", endOwnGroup);
preload(settings.module);
const hear = createHost({
  // A channel that is closing takes nothing; the process is about to end then.
  send: (message) => process.connected && process.send?.(message, undefined, undefined, () => undefined),
  tidy: emptyScratch,
});
process.on("message", (message: ToHost) => hear(message));

/** What a task has left in its folder is not for the next one. */
async function emptyScratch(): Promise<boolean> {
  if (!limits) return true;
  try {
    const names = await readdir(limits.folder);
    await Promise.all(
      names.map((name) => rm(path.join(limits.folder, name), { recursive: true, force: true })),
    );
    return true;
  } catch {
    // A fresh process with a fresh folder takes over.
    return false;
  }
}
