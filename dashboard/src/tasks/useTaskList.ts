// The list as the page shows it: pages joined, new tasks held back, more on demand.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import { taskListQuery } from "../data/queries.js";
import type { TaskSearch } from "../data/search.js";
import type { WireTask } from "../lib/api.js";
import { formatAbsolute } from "../lib/format.js";
import { clearFresh, unwatchList, useFreshCount, watchList } from "../live/fresh.js";

export interface TaskListView {
  readonly tasks: readonly WireTask[];
  readonly loaded: boolean;
  readonly error: unknown;
  /** "12,000", or "10,000+" where counting stopped. */
  readonly total: string | undefined;
  readonly totalValue: number;
  /** How far a search without an index got, while there is more. */
  readonly searchedUntil: string | undefined;
  /** New tasks that wait behind the pill. */
  readonly fresh: number;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  readonly more: () => void;
  /** Reads anew from the top, and shows what waited. */
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
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list, and nothing waits for it yet.
  useEffect(clearFresh, [search]);

  const refresh = useCallback(() => {
    clearFresh();
    window.scrollTo({ top: 0 });
    // One page again, not as many as were open.
    queryClient.setQueryData(options.queryKey, (data) =>
      data ? { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) } : data,
    );
    void queryClient.invalidateQueries({ queryKey: options.queryKey, exact: true });
  }, [queryClient, options.queryKey]);

  // Nothing is on the page that could move.
  const isEmpty = query.isSuccess && tasks.length === 0;
  useEffect(() => {
    if (isEmpty && waiting > 0) refresh();
  }, [isEmpty, waiting, refresh]);

  const last = pages?.at(-1);
  return {
    tasks,
    loaded: query.isSuccess,
    error: query.error,
    total: last && `${last.total.value.toLocaleString("en")}${last.total.relation === "at_least" ? "+" : ""}`,
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
