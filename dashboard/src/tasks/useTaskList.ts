// The list as displayed: pages joined, new tasks held back, more loaded on demand.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import { taskListQuery } from "../data/queries.js";
import type { TaskSearch } from "../data/search.js";
import type { WireTask, WireTaskList } from "../lib/api.js";
import { formatAbsolute } from "../lib/format.js";
import { clearFresh, unwatchList, useFreshCount, watchList } from "../live/fresh.js";

export interface TaskListView {
  readonly tasks: readonly WireTask[];
  readonly loaded: boolean;
  readonly error: unknown;
  /** "12,000", or "10,000+" if counting stopped there. */
  readonly total: string | undefined;
  readonly totalValue: number;
  /** How far back an unfinished search without an index has got. */
  readonly searchedUntil: string | undefined;
  /** Number of new tasks held back. */
  readonly fresh: number;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  readonly more: () => void;
  /** Reloads from the top, including tasks held back. */
  readonly refresh: () => void;
}

export function useTaskList(search: TaskSearch): TaskListView {
  const queryClient = useQueryClient();
  const options = taskListQuery(search);
  const query = useInfiniteQuery(options);
  const waiting = useFreshCount();
  const pages = query.data?.pages;
  const tasks = useMemo(() => pages?.flatMap((page) => page.tasks) ?? [], [pages]);

  useEffect(() => {
    watchList(search, new Set(tasks.map((task) => task.id)));
  }, [search, tasks]);
  useEffect(() => unwatchList, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a different list has no tasks held back yet.
  useEffect(clearFresh, [search]);

  const refresh = useCallback(() => {
    clearFresh();
    window.scrollTo({ top: 0 });
    // Reload one page only, not all loaded pages.
    queryClient.setQueryData(options.queryKey, (data) =>
      data ? { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) } : data,
    );
    void queryClient.invalidateQueries({ queryKey: options.queryKey, exact: true });
  }, [queryClient, options.queryKey]);

  // With an empty list nothing can shift, so new tasks are shown immediately.
  const isEmpty = query.isSuccess && tasks.length === 0;
  useEffect(() => {
    if (isEmpty && waiting > 0) refresh();
  }, [isEmpty, waiting, refresh]);

  const last = pages?.at(-1);
  return {
    tasks,
    loaded: query.isSuccess,
    error: query.error,
    total: last && totalOf(last.total, tasks.length, query.hasNextPage),
    totalValue: last?.total.relation === "exact" ? last.total.value : -1,
    searchedUntil:
      last?.searched_until && query.hasNextPage ? formatAbsolute(last.searched_until) : undefined,
    fresh: isEmpty ? 0 : waiting,
    hasMore: query.hasNextPage,
    loadingMore: query.isFetchingNextPage,
    more: () => void query.fetchNextPage(),
    refresh,
  };
}

/** A lower bound counts one page; the last page tells all. */
function totalOf({ value, relation }: WireTaskList["total"], shown: number, hasMore: boolean): string {
  if (relation === "exact") return value.toLocaleString("en");
  return hasMore ? `${Math.max(value, shown).toLocaleString("en")}+` : shown.toLocaleString("en");
}
