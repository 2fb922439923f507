// Lays what the stream says over what the page has read: rows change in place, lists keep their order.
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { WireTask, WireTaskList } from "../lib/api.js";
import { applyPatch, type EventTask } from "./patches.js";

export const TASKS = "tasks";
export const TASK = "task";

export type Pages = InfiniteData<WireTaskList, string | null>;

/** Changes the tasks that some list or detail shows. */
export function patchTasks(queryClient: QueryClient, changes: ReadonlyMap<string, EventTask>): void {
  queryClient.setQueriesData<Pages>({ queryKey: [TASKS] }, (data) => data && patchPages(data, changes));
  for (const [id, change] of changes) {
    queryClient.setQueryData<WireTask>([TASK, id], (task) => task && applyPatch(task, change));
  }
}

/** A whole task that a request answered with. */
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

/** Keeps every page and list in which no task changed, so that what shows them is not drawn again. */
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
