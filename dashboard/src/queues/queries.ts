// What the page of queues asks the API.
import { queryOptions } from "@tanstack/react-query";
import { client } from "../lib/api.js";
import { now } from "../lib/clock.js";

const HOUR_MS = 3_600_000;

export const queueStatsQuery = queryOptions({
  queryKey: ["stats", "queue"],
  queryFn: ({ signal }) => {
    const to = now();
    return client.stats(
      {
        from: new Date(to - HOUR_MS).toISOString(),
        to: new Date(to).toISOString(),
        step: "1m",
        group_by: "queue",
      },
      { signal },
    );
  },
  refetchInterval: 15_000,
});
