// Queries for the parts of a task: attempts, artifacts and logs.
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { TASK } from "../data/cache.js";
import { client, type WireLogLine, type WireTask } from "../lib/api.js";

/** Logs have no events, so they are polled while the task runs. */
const LOGS_MS = 1500;
const LOG_PAGE = 1000;

export const attemptsQuery = (id: string) =>
  queryOptions({ queryKey: ["attempts", id], queryFn: ({ signal }) => client.attempts(id, { signal }) });

export const artifactsQuery = (id: string) =>
  queryOptions({ queryKey: ["artifacts", id], queryFn: ({ signal }) => client.artifacts(id, { signal }) });

/** All lines so far, shown page by page; each fetch appends new lines. */
export const logsQuery = (id: string, isRunning: boolean) =>
  queryOptions({
    queryKey: ["logs", id],
    queryFn: async ({ signal, client: queryClient, queryKey }) => {
      const lines = [...(queryClient.getQueryData<readonly WireLogLine[]>(queryKey) ?? [])];
      for (;;) {
        const page = await client.logs(id, { after: lines.at(-1)?.seq ?? 0, limit: LOG_PAGE }, { signal });
        lines.push(...page.lines);
        if (!page.more) return lines;
        queryClient.setQueryData(queryKey, [...lines]);
      }
    },
    refetchInterval: isRunning ? LOGS_MS : false,
  });

/** Refetches the parts when the task's state changes, since events do not include results, attempts and artifacts. */
export function useFreshParts(task: WireTask | undefined): void {
  const queryClient = useQueryClient();
  const { id, status, attempt } = task ?? {};
  const seen = useRef<string>(undefined);
  useEffect(() => {
    if (id === undefined) return;
    const state = `${id} ${status} ${attempt}`;
    const before = seen.current;
    seen.current = state;
    if (before === undefined || before === state || !before.startsWith(id)) return;
    for (const part of [TASK, "attempts", "artifacts", "logs", "why"]) {
      void queryClient.invalidateQueries({ queryKey: [part, id] });
    }
  }, [queryClient, id, status, attempt]);
}
