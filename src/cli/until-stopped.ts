// Runs a process from its banner until a signal stops it. The caller decides what it runs.
import type { RunningProcess } from "../app/process.js";
import type { Config } from "../config/load.js";
import { isPostgresUrl, storeName } from "../config/store-url.js";
import { systemClock } from "../lib/clock.js";
import { formatDuration } from "../model/time.js";
import { StoreError } from "../store/store.js";
import { describeFailure, EXIT } from "./failure.js";
import { say, talkScreen } from "./output.js";
import { endByDefault, onStopSignals } from "./signals.js";
import { paint } from "./terminal.js";

/** A line of the banner. */
export type BannerRow = readonly [name: string, value: string];

/**
 * Resolves once the process has stopped. Throws if it cannot start, or can store nothing any more; nothing is left
 * running then.
 */
export async function untilStopped<Running extends RunningProcess>(
  { drain }: Config,
  start: () => Promise<Running>,
  banner: (running: Running) => readonly string[],
): Promise<void> {
  let stop = () => undefined;
  const asked = new Promise<void>((resolve) => {
    stop = () => void resolve();
  });
  const kill = (code: number) => endByDefault(code === EXIT.interrupted ? "SIGINT" : "SIGTERM");
  const stopListening = onStopSignals(systemClock, stop, kill);
  try {
    const running = await start();
    say(...banner(running));
    try {
      await Promise.race([asked, running.broken, running.ready.then(() => asked)]);
      say(
        `Stopping: running tasks have ${formatDuration(drain)} to finish. Press Ctrl-C again to stop immediately.`,
      );
    } finally {
      await stopInTime(running);
    }
    say("Stopped.");
  } finally {
    stopListening();
  }
}

async function stopInTime(running: RunningProcess): Promise<void> {
  // The timers used during shutdown do not keep the process alive; this one does until shutdown has finished.
  const release = systemClock.after(Number.POSITIVE_INFINITY, () => undefined);
  try {
    await running.stop();
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== "unavailable") throw error;
    // A thread hangs on the disk, and would keep the process alive.
    say(describeFailure(error, false).text);
    endByDefault("SIGKILL");
  } finally {
    release();
  }
}

export function bannerLines(title: string, rows: readonly BannerRow[]): readonly string[] {
  const screen = talkScreen();
  return [
    "",
    `  ${paint(screen, "bold", "Taskwright")} ${title}`,
    "",
    ...rows.map(([name, value]) => `  ${paint(screen, "dim", name.padEnd(10))} ${value}`),
    "",
    "  Press Ctrl-C to stop.",
    "",
  ];
}

/** The store, and whether it is reachable. */
export function storeRow({ store, schema }: Config, { isReady }: RunningProcess): BannerRow {
  const place = isPostgresUrl(store) ? `${storeName(store)}, schema ${schema}` : store;
  return ["Store", isReady ? place : `${place} (unavailable; waiting for it)`];
}

/** What the worker runs. */
export function workRow({ concurrency, queues }: Config): BannerRow {
  const from = queues === undefined ? "" : ` from ${queues.join(", ")}`;
  return ["Worker", `${concurrency} ${concurrency === 1 ? "task" : "tasks"} at a time${from}`];
}
