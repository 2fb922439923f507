// Waits for a task's end and draws its progress meanwhile: from the stream of events, else by asking every second.
import type { Client, WireTask } from "../client/index.js";
import { systemClock } from "../lib/clock.js";
import { LIMITS } from "../model/limits.js";
import { isFinished } from "../model/status.js";
import type { Millis } from "../model/time.js";
import { createBar } from "./bar.js";
import { CommandFailure, EXIT } from "./failure.js";
import { say } from "./output.js";

/**
 * Says which task it is, and answers it once it has finished. Throws CommandFailure timedOut after `timeout`, and interrupted on Ctrl-C; the task goes on in
 * both cases.
 */
export async function follow(client: Client, task: WireTask, timeout?: Millis): Promise<WireTask> {
  const ending = new AbortController();
  const { signal } = ending;
  const hint = `the task goes on: taskwright get ${task.id}`;
  const interrupt = () => ending.abort(new CommandFailure(EXIT.interrupted, `interrupted; ${hint}`));
  const giveUp = () => ending.abort(new CommandFailure(EXIT.timedOut, `not finished in time; ${hint}`));
  process.once("SIGINT", interrupt);
  say(`Submitted ${task.id}`);
  const cancelTimer = timeout === undefined ? () => undefined : systemClock.after(timeout, giveUp);
  const bar = createBar(100);
  const draw = (progress: number, message: string | null | undefined, status: string) =>
    bar.update(progress, message ?? status.toLowerCase());
  let live = false;

  async function drawEvents(): Promise<void> {
    const onState = (state: "live" | "connecting") => {
      live = state === "live";
    };
    for await (const { task: now } of client.events({ task_id: task.id, signal, onState })) {
      if (now?.progress !== undefined) draw(now.progress, now.progress_message, now.status);
    }
  }

  // Only the drawing hangs on the stream: where the server has none, the answers below are drawn.
  const drawing = drawEvents().catch(() => {
    live = false;
  });
  try {
    for (let now = task; ; ) {
      if (isFinished(now.status)) return now;
      draw(now.progress, now.progress_message, now.status);
      now = await client.get(task.id, { wait: live ? LIMITS.waitSeconds : 1, signal });
    }
  } finally {
    cancelTimer();
    process.off("SIGINT", interrupt);
    ending.abort();
    await drawing;
    bar.clear();
  }
}
