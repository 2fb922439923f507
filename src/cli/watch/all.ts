// Watches all running tasks until stopped, from the event stream or, without one, by polling.
import {
  ApiError,
  type Client,
  ConnectionError,
  type EventsOptions,
  type WireEvent,
  type WireTask,
} from "../../client/index.js";
import { pause, systemClock } from "../../lib/clock.js";
import { LIMITS } from "../../model/limits.js";
import type { Millis } from "../../model/time.js";
import { print, printJson, say } from "../output.js";
import { screenOf } from "../terminal.js";
import { createBoard } from "./board.js";
import { barLines, endLine, eventLine, statusLine } from "./lines.js";
import { createLiveRegion } from "./live-region.js";

export type WatchFilter = Pick<EventsOptions, "task_type">;

/** Milliseconds between redraws, and between polls of the counts. */
const FRAME: Millis = 100;
const LOOK: Millis = 2_000;

/** One line for each event, until the signal aborts. */
export async function printEvents(
  client: Client,
  filter: WatchFilter,
  signal: AbortSignal,
  json: boolean,
): Promise<void> {
  const onState = (state: "live" | "connecting") => {
    if (state === "connecting") return;
    say("Watching; press Ctrl-C to stop.");
  };
  for await (const event of client.events({ ...filter, signal, onState })) {
    if (json) printJson(event);
    else print(eventLine(event, systemClock.now()));
  }
}

/** Draws bars on stderr until the signal aborts. Throws errors of the client that cannot be retried. */
export async function drawAll(client: Client, filter: WatchFilter, signal: AbortSignal): Promise<void> {
  const ending = new AbortController();
  const stopped = AbortSignal.any([signal, ending.signal]);
  const board = createBoard();
  const region = createLiveRegion(process.stderr);
  const screen = () => screenOf(process.stderr);
  let endLines: string[] = [];
  let waiting: number | undefined;
  let live = false;
  let looked: Promise<void> = Promise.resolve();

  /** Connection errors are retried; errors returned by the server end the watch. */
  async function guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ConnectionError) && !stopped.aborted) ending.abort(error);
    }
  }

  function take(task: NonNullable<WireEvent["task"]> | WireTask): void {
    const ended = board.take(task);
    if (ended) endLines.push(endLine(ended, screen()));
  }

  /** Fetches the running tasks, and the final state of those that no longer run. */
  async function look(): Promise<void> {
    const running: WireTask[] = [];
    const page = { ...filter, status: "RUNNING", limit: LIMITS.list.max } as const;
    for await (const task of client.all(page, { signal: stopped })) running.push(task);
    for (const id of board.replace(running)) {
      const task = await findTask(client, id, stopped);
      if (task) take(task);
    }
  }

  async function takeEvents(): Promise<void> {
    const onState = (state: "live" | "connecting") => {
      live = state === "live";
      if (live) looked = guard(look);
    };
    for await (const { type, task } of client.events({ ...filter, signal: stopped, onState })) {
      // Events that arrived during the request are newer than its response, or equal to it.
      await looked;
      if (type === "resync") looked = guard(look);
      else if (task) take(task);
    }
  }

  async function count(): Promise<void> {
    const queues = await client.queues({ signal: stopped });
    waiting = queues.reduce((sum, { counts }) => sum + counts.PENDING, 0);
    if (!live) await look();
  }

  function draw(): void {
    const { width, height } = region.size;
    const room = Math.max(1, height - 3);
    const hidden = board.running.length - room;
    const above = endLines;
    endLines = [];
    region.draw(above, [
      ...barLines(board.running.slice(0, room), width, screen()),
      ...(hidden > 0 ? [`and ${hidden} more`] : []),
      statusLine(board, waiting, live, width, screen()),
    ]);
  }

  async function repeat(every: Millis, work: () => Promise<void> | void): Promise<void> {
    while (!stopped.aborted) {
      await guard(async () => work());
      await pause(systemClock, every, stopped);
    }
  }

  try {
    // Fails if the server is unreachable; the stream would retry silently.
    await look();
    await Promise.all([guard(takeEvents), repeat(LOOK, count), repeat(FRAME, draw)]);
  } finally {
    region.clear();
  }
  if (!signal.aborted) ending.signal.throwIfAborted();
}

/** The task, or undefined if retention has deleted it in the meantime. */
async function findTask(client: Client, id: string, signal: AbortSignal): Promise<WireTask | undefined> {
  try {
    return await client.get(id, { signal });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
