// Why a task waits, in one sentence of the server's: its place in line, missing or busy workers, the last attempt's error.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { client, type WireTask } from "../lib/api.js";
import { formatAbsolute } from "../lib/format.js";

/** Places in line have no events. */
const WHY_MS = 5_000;

const whyQuery = (id: string) =>
  queryOptions({
    queryKey: ["why", id],
    queryFn: async ({ signal }) => (await client.explain(id, { signal })).sentence,
    refetchInterval: WHY_MS,
  });

const DATE = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;

export function Why({ task }: { readonly task: WireTask }) {
  const { data: sentence = "" } = useQuery(whyQuery(task.id));
  return <p className="why">{sentence.replace(DATE, (date) => formatAbsolute(date))}</p>;
}
