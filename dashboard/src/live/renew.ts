// Reads what the page shows again after a gap in the stream, or for want of one. Rows stay where they are: what is new
// waits behind the pill, as it does when the stream tells of it.
import type { QueryClient } from "@tanstack/react-query";
import { mapTasks, type Pages, TASK, TASKS } from "../data/cache.js";
import { currentMark, overlay } from "../data/patches.js";
import type { TaskSearch } from "../data/search.js";
import { toListQuery } from "../data/search.js";
import { client, type WireTask } from "../lib/api.js";
import { noteFresh, watchedList } from "./fresh.js";

/** As many tasks as one page of the API holds at most. */
const LONGEST_PAGE = 500;
/** Tasks that the newest page does not hold are asked for one by one, as far as they can still change. */
const SINGLE_READS = 50;
/** What is shown beside the tasks, and moves with them. */
export const NUMBERS = ["stats", "queues", "workers"] as const;

/** Everything that is on the page. Lists that are out of sight are read when they are looked at again. */
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
  // The first reading is not done, or has failed.
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

/** The newest tasks of the list, and those further down that are not finished; undefined where that failed. */
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
    // The header says that the server does not answer; the next reading comes by itself.
    console.info("The list was not read again:", error);
    return undefined;
  }
}
