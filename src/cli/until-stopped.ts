// A process that runs until a signal stops it, from its banner to its last word. What it runs, others say.
import type { RunningProcess } from "../app/process.js";
import type { Config } from "../config/load.js";
import { isPostgresUrl, storeName } from "../config/store-url.js";
import { systemClock } from "../lib/clock.js";
import { formatDuration } from "../model/time.js";
import { say, talkScreen } from "./output.js";
import { onStopSignals } from "./signals.js";
import { paint } from "./terminal.js";

/** A line of the banner: what, and its value. */
export type BannerRow = readonly [name: string, value: string];

/** Resolves once it has stopped. Throws what kept it from starting; nothing is left running then. */
export async function untilStopped<Running extends RunningProcess>(
  { drain }: Config,
  start: () => Promise<Running>,
  banner: (running: Running) => readonly string[],
): Promise<void> {
  let stop = () => undefined;
  const asked = new Promise<void>((resolve) => {
    stop = () => void resolve();
  });
  const stopListening = onStopSignals(systemClock, stop, (code) => process.exit(code));
  try {
    const running = await start();
    say(...banner(running));
    try {
      await Promise.race([asked, running.ready.then(() => asked)]);
      say(`Stopping: running tasks get ${formatDuration(drain)} to finish. Again to stop at once.`);
    } finally {
      // What winds down waits on timers that keep no process alive; until it has, this one does.
      const release = systemClock.after(Number.POSITIVE_INFINITY, () => undefined);
      try {
        await running.stop();
      } finally {
        release();
      }
    }
    say("Stopped.");
  } finally {
    stopListening();
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
    "  Ctrl-C stops it.",
    "",
  ];
}

/** Where the tasks lie, and whether it answers. */
export function storeRow({ store, schema }: Config, { isReady }: RunningProcess): BannerRow {
  const place = isPostgresUrl(store) ? `${storeName(store)}, schema ${schema}` : store;
  return ["Store", isReady ? place : `${place} (away; waiting for it)`];
}

/** What a worker takes on. */
export function workRow({ concurrency, queues }: Config): BannerRow {
  const from = queues === undefined ? "" : ` from ${queues.join(", ")}`;
  return ["Worker", `${concurrency} ${concurrency === 1 ? "task" : "tasks"} at a time${from}`];
}
