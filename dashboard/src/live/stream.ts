// The one event stream of the page: gathers events for a quarter of a second, lays them over the cache, and asks every
// few seconds while there is no stream. What is missed in a gap is read again.
import type { QueryClient } from "@tanstack/react-query";
import { client, type WireEvent } from "../lib/api.js";
import { after } from "../lib/clock.js";
import { patchTasks, TASK, TASKS } from "./cache.js";
import { connection, setConnection } from "./connection.js";
import { noteFresh } from "./fresh.js";
import { type EventTask, forgetAll, remember } from "./patches.js";

const GATHER_MS = 250;
const POLL_MS = 5000;
/** Numbers follow the tasks no faster than this. */
const NUMBERS_MS = 1000;
const NUMBERS = ["stats", "queues", "workers"] as const;

/** Runs until the answer is called. */
export function startStream(queryClient: QueryClient): () => void {
  const stop = new AbortController();
  let gathered: EventTask[] = [];
  let flushing = false;
  let counting = false;
  let stopPolling: (() => void) | undefined;

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
      void queryClient.invalidateQueries();
      return;
    }
    gathered.push(event.task);
    if (event.type !== "task.progress") renewNumbers();
    if (flushing) return;
    flushing = true;
    after(GATHER_MS, flush);
  }

  /** Asks for what the page shows; the next time only after this one has ended. */
  async function poll(): Promise<void> {
    if (stop.signal.aborted || connection() === "live") return;
    const [health] = await Promise.allSettled([
      client.health(),
      ...[TASKS, TASK, ...NUMBERS].map((key) => queryClient.invalidateQueries({ queryKey: [key] })),
    ]);
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
    setConnection("live");
  }

  async function listen(): Promise<void> {
    for await (const event of client.events({
      signal: stop.signal,
      onState: (state) => (state === "live" ? gain() : lose()),
    })) {
      take(event);
    }
  }

  listen().catch((error: unknown) => {
    if (stop.signal.aborted) return;
    console.warn("The event stream ended; asking from time to time instead.", error);
    lose();
  });
  return () => {
    stop.abort();
    stopPolling?.();
  };
}
