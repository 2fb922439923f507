// Queries for tasks, statistics, workers, queues and task types.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { isFinished } from "../../../src/model/status.js";
import { client } from "../lib/api.js";
import { now } from "../lib/clock.js";
import { TASK, TASKS } from "./cache.js";
import { currentMark, overlay } from "./patches.js";
import { type TaskSearch, toListQuery } from "./search.js";

const HOUR_MS = 3_600_000;

export const taskListQuery = (search: TaskSearch) =>
  infiniteQueryOptions({
    queryKey: [TASKS, search],
    queryFn: async ({ pageParam, signal }) => {
      const mark = currentMark();
      const page = await client.list(toListQuery(search, pageParam), { signal });
      return { ...page, tasks: page.tasks.map((task) => overlay(task, mark)) };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: [TASK, id],
    queryFn: async ({ signal }) => {
      const mark = currentMark();
      const read = await client.get(id, { signal });
      const task = overlay(read, mark);
      // Events have no results: a task that has finished meanwhile is read again.
      const hasFinished = isFinished(task.status) && !isFinished(read.status);
      return hasFinished ? client.get(id, { signal }) : task;
    },
  });

/** The last hour by minute, and all counts. */
export const statsQuery = queryOptions({
  queryKey: ["stats"],
  queryFn: ({ signal }) => {
    const to = now();
    return client.stats(
      { from: new Date(to - HOUR_MS).toISOString(), to: new Date(to).toISOString(), step: "1m" },
      { signal },
    );
  },
  refetchInterval: 15_000,
});

export const workersQuery = queryOptions({
  queryKey: ["workers"],
  queryFn: ({ signal }) => client.workers({ signal }),
  refetchInterval: 10_000,
});

export const queuesQuery = queryOptions({
  queryKey: ["queues"],
  queryFn: ({ signal }) => client.queues({ signal }),
  refetchInterval: 10_000,
});

export const taskTypesQuery = queryOptions({
  queryKey: ["task-types"],
  queryFn: ({ signal }) => client.taskTypes({ signal }),
  staleTime: 60_000,
});

export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: ({ signal }) => client.health({ signal }),
  refetchInterval: 60_000,
});
