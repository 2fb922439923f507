// The event stream of the dashboard: collects events for a quarter of a second, applies them to the cache, and polls every
// few seconds while there is no stream. Data missed during a gap is refetched.
import type { QueryClient } from "@tanstack/react-query";
import { patchTasks, TASK } from "../data/cache.js";
import { type EventTask, forgetAll, remember } from "../data/patches.js";
import { client, type WireEvent } from "../lib/api.js";
import { after } from "../lib/clock.js";
import { connection, setConnection } from "./connection.js";
import { noteFresh } from "./fresh.js";
import { NUMBERS, renewAll } from "./renew.js";
import { readEvents } from "./shared-events.js";

const GATHER_MS = 250;
const POLL_MS = 5000;
/** The first data waits this long for the stream. */
const LONGEST_WAIT_MS = 400;
/** Minimum interval between refetches of figures. */
const NUMBERS_MS = 1000;

/**
 * Runs for as long as the page is open. Resolves once events arrive, or after a moment without: data that is read from then on
 * need not be read again when the stream is connected.
 */
export function startStream(queryClient: QueryClient): Promise<void> {
  let gathered: EventTask[] = [];
  let flushing = false;
  let counting = false;
  let ended = false;
  let wasRead = false;
  let stopPolling: (() => void) | undefined;
  let ready: () => void = () => undefined;
  const isReady = new Promise<void>((resolve) => {
    ready = resolve;
    after(LONGEST_WAIT_MS, resolve);
  });

  function flush(): void {
    flushing = false;
    const changes = new Map<string, EventTask>();
    for (const task of gathered) {
      if (remember(task)) changes.set(task.id, { ...changes.get(task.id), ...task });
    }
    gathered = [];
    patchTasks(queryClient, changes);
    noteFresh([...changes.values()]);
  }

  function renewNumbers(): void {
    if (counting) return;
    counting = true;
    after(NUMBERS_MS, () => {
      counting = false;
      for (const key of NUMBERS) void queryClient.invalidateQueries({ queryKey: [key] });
    });
  }

  function take(event: WireEvent): void {
    if (event.type === "resync" || !event.task) {
      forgetAll();
      void renewAll(queryClient);
      return;
    }
    // The event leaves out parameters.
    if (event.type === "task.edited") void queryClient.invalidateQueries({ queryKey: [TASK, event.task.id] });
    gathered.push(event.task);
    if (event.type !== "task.progress") renewNumbers();
    if (flushing) return;
    flushing = true;
    after(GATHER_MS, flush);
  }

  /** Refetches the page's data; schedules the next poll when finished. */
  async function poll(): Promise<void> {
    if (connection() === "live") return;
    if (ended) listen();
    const [health] = await Promise.allSettled([client.health(), renewAll(queryClient)]);
    if (connection() === "live") return;
    setConnection(health.status === "fulfilled" ? "polling" : "reconnecting");
    stopPolling = after(POLL_MS, () => void poll());
  }

  function lose(): void {
    if (connection() !== "live" && connection() !== "connecting") return;
    setConnection("reconnecting");
    stopPolling?.();
    stopPolling = after(POLL_MS, () => void poll());
  }

  function gain(): void {
    stopPolling?.();
    // Data fetched before the stream was connected may have changed in between.
    if (connection() !== "live" && wasRead) void renewAll(queryClient);
    setConnection("live");
    ready();
  }

  /** Listens until the server rejects the stream, for example without a key; then each poll tries again. */
  function listen(): void {
    ended = false;
    readEvents({
      onState: (state) => (state === "live" ? gain() : lose()),
      onEvent: take,
      onEnd(error) {
        console.info("The event stream ended; polling instead.", error);
        ended = true;
        lose();
      },
    });
  }

  listen();
  return isReady.then(() => {
    wasRead = true;
  });
}
