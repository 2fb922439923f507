// Waits until a task finishes and draws its progress, from the event stream or, without one, by polling every second.
import type { Client, WireEvent, WireTask } from "../client/index.js";
import { systemClock } from "../lib/clock.js";
import { LIMITS } from "../model/limits.js";
import { isFinished } from "../model/status.js";
import type { Millis } from "../model/time.js";
import { createBar } from "./bar.js";
import { CommandFailure, EXIT } from "./failure.js";
import { say } from "./output.js";

export interface FollowOptions {
  readonly timeout?: Millis;
  /** Printed first, once Ctrl-C is handled. */
  readonly opening?: string;
  /** Called for each event of the task except the last one, whose task is returned. */
  readonly onEvent?: (event: WireEvent) => void;
}

/**
 * Resolves to the finished task. Throws CommandFailure timedOut after `timeout`, and interrupted on Ctrl-C; the task
 * keeps running in both cases.
 */
export async function follow(client: Client, task: WireTask, options: FollowOptions = {}): Promise<WireTask> {
  const ending = new AbortController();
  const { signal } = ending;
  const hint = `the task keeps running; see taskwright get ${task.id}`;
  const interrupt = () => ending.abort(new CommandFailure(EXIT.interrupted, `interrupted; ${hint}`));
  const giveUp = () => ending.abort(new CommandFailure(EXIT.timedOut, `timed out waiting; ${hint}`));
  process.once("SIGINT", interrupt);
  if (options.opening !== undefined) say(options.opening);
  const cancelTimer =
    options.timeout === undefined ? () => undefined : systemClock.after(options.timeout, giveUp);
  const bar = createBar(100);
  const draw = (progress: number, message: string | null | undefined, status: string) =>
    bar.update(progress, message ?? status.toLowerCase());
  let live = false;

  async function drawEvents(): Promise<void> {
    const onState = (state: "live" | "connecting") => {
      live = state === "live";
    };
    for await (const event of client.events({ task_id: task.id, signal, onState })) {
      const { type, task: now } = event;
      if (type !== "task.finished") options.onEvent?.(event);
      if (now?.progress !== undefined) draw(now.progress, now.progress_message, now.status);
    }
  }

  // Only drawing depends on the stream: without one, the responses below are drawn instead.
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
