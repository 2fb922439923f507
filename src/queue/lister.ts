// Lists tasks as callers see them: what waits for a handler is known only here, where workers are, and not in a store.
import type { Clock } from "../lib/clock.js";
import type { PageRequest, TaskPage } from "../store/store.js";
import { splitOfReady, storeRequest, type TaskFilter } from "./list-request.js";
import type { Served } from "./served.js";
import type { TranslatedStore } from "./store-errors.js";

/** Pages of the store that one page may be made of, where all tasks of a page are left out again. */
const MOST_PAGES = 10;

export function createLister({
  store,
  clock,
  presentAll,
}: {
  readonly store: Pick<TranslatedStore, "list">;
  readonly clock: Pick<Clock, "now">;
  readonly presentAll: Served["presentAll"];
}) {
  /** Throws TaskwrightError validation_failed, invalid_cursor, unavailable. */
  return async function list(wanted: TaskFilter, asked: PageRequest): Promise<TaskPage> {
    const { filter, page, cursorOf } = storeRequest(wanted, asked, clock.now());
    const only = splitOfReady(filter.waitingFor);
    const ready =
      only === "handler" && filter.waitingFor ? [...filter.waitingFor, "worker" as const] : undefined;
    const asStored = ready ? { ...filter, waitingFor: ready } : filter;
    let { cursor } = page;
    for (let pages = 1; ; pages++) {
      const answer = await store.list(asStored, { ...page, cursor });
      const presented = await presentAll(answer.tasks);
      const tasks =
        only === undefined
          ? presented
          : presented.filter(({ waitingFor }) => waitingFor !== (only === "worker" ? "handler" : "worker"));
      const { next } = answer;
      const isDone = tasks.length > 0 || answer.searchedUntil !== undefined || pages >= MOST_PAGES;
      if (next !== undefined && !isDone) {
        cursor = next;
        continue;
      }
      const total = tasks.length < presented.length ? { ...answer.total, value: tasks.length } : answer.total;
      return { ...answer, tasks, total, ...(next !== undefined && { next: cursorOf(next) }) };
    }
  };
}
