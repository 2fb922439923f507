// Applies events from the stream to cached data: rows change in place, lists keep their order.
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { WireTask, WireTaskList } from "../lib/api.js";
import { applyPatch, type EventTask } from "./patches.js";

export const TASKS = "tasks";
export const TASK = "task";

export type Pages = InfiniteData<WireTaskList, string | null>;

/** Applies changes to tasks in cached lists and details. */
export function patchTasks(queryClient: QueryClient, changes: ReadonlyMap<string, EventTask>): void {
  queryClient.setQueriesData<Pages>({ queryKey: [TASKS] }, (data) => data && patchPages(data, changes));
  for (const [id, change] of changes) {
    queryClient.setQueryData<WireTask>([TASK, id], (task) => task && applyPatch(task, change));
  }
}

/** Replaces a task with the one returned by a request. */
export function replaceTask(queryClient: QueryClient, task: WireTask): void {
  queryClient.setQueryData<WireTask>([TASK, task.id], (known) => ({ ...known, ...task }));
  queryClient.setQueriesData<Pages>({ queryKey: [TASKS] }, (data) =>
    data ? mapTasks(data, (row) => (row.id === task.id ? { ...row, ...task } : row)) : data,
  );
}

function patchPages(data: Pages, changes: ReadonlyMap<string, EventTask>): Pages {
  return mapTasks(data, (row) => {
    const change = changes.get(row.id);
    return change ? applyPatch(row, change) : row;
  });
}

/** Keeps the identity of pages and lists in which no task changed, so that they are not rendered again. */
export function mapTasks(data: Pages, map: (task: WireTask) => WireTask): Pages {
  let changed = false;
  const pages = data.pages.map((page) => {
    const tasks = page.tasks.map(map);
    if (tasks.every((task, index) => task === page.tasks[index])) return page;
    changed = true;
    return { ...page, tasks };
  });
  return changed ? { ...data, pages } : data;
}
