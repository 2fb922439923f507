// Refetches displayed data after a gap in the stream, or while there is no stream. Rows keep their places; new tasks are held
// back as they are for events.
import type { QueryClient } from "@tanstack/react-query";
import { mapTasks, type Pages, TASK, TASKS } from "../data/cache.js";
import { currentMark, overlay } from "../data/patches.js";
import type { TaskSearch } from "../data/search.js";
import { toListQuery } from "../data/search.js";
import { client, type WireTask } from "../lib/api.js";
import { noteFresh, watchedList } from "./fresh.js";

/** The largest page size of the API. */
const LONGEST_PAGE = 500;
/** Maximum number of unfinished tasks, not on the newest page, that are fetched one by one. */
const SINGLE_READS = 50;
/** Query keys of figures that change along with tasks. */
export const NUMBERS = ["stats", "queues", "workers"] as const;

/** Refetches everything on the page. Inactive lists are dropped and fetched when shown again. */
export async function renewAll(queryClient: QueryClient): Promise<void> {
  queryClient.removeQueries({ queryKey: [TASKS], type: "inactive" });
  const others = [TASK, "logs", "attempts", "artifacts", ...NUMBERS];
  await Promise.all([
    renewList(queryClient),
    ...others.map((key) => queryClient.invalidateQueries({ queryKey: [key] })),
  ]);
}

async function renewList(queryClient: QueryClient): Promise<void> {
  const search = watchedList();
  if (!search) return;
  const key = [TASKS, search];
  // The first fetch has not finished, or has failed.
  if (!queryClient.getQueryData<Pages>(key)) await queryClient.invalidateQueries({ queryKey: [TASKS] });
  const shown = queryClient.getQueryData<Pages>(key)?.pages.flatMap((page) => page.tasks);
  if (!shown) return;
  const found = await readAgain(search, shown);
  if (!found) return;
  queryClient.setQueryData<Pages>(key, (data) => {
    const renewed = data && mapTasks(data, (row) => found.tasks.get(row.id) ?? row);
    return renewed && { ...renewed, pages: renewed.pages.map((page) => ({ ...page, total: found.total })) };
  });
  noteFresh([...found.tasks.values()]);
}

/** The newest tasks of the list, and unfinished ones further down; undefined if fetching failed. */
async function readAgain(search: TaskSearch, shown: readonly WireTask[]) {
  const mark = currentMark();
  const limit = Math.min(LONGEST_PAGE, Math.max(50, shown.length));
  try {
    const { tasks: newest, total } = await client.list({ ...toListQuery(search, null), limit });
    const tasks = new Map(newest.map((task) => [task.id, overlay(task, mark)]));
    const left = shown.filter((row) => !tasks.has(row.id) && row.completed_at === null);
    const singles = await Promise.allSettled(left.slice(0, SINGLE_READS).map((row) => client.get(row.id)));
    for (const single of singles) {
      if (single.status === "fulfilled") tasks.set(single.value.id, overlay(single.value, mark));
    }
    return { tasks, total };
  } catch (error) {
    // The header shows that the server does not respond; the next refetch follows automatically.
    console.info("Could not refetch the list:", error);
    return undefined;
  }
}
