// The queues, most waiting tasks first. Read-only.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { queuesQuery } from "../data/queries.js";
import type { WireQueue } from "../lib/api.js";
import { useNow } from "../lib/clock.js";
import { formatAge, formatNumber, plural } from "../lib/format.js";
import { type Column, DataTable } from "../parts/DataTable.js";
import { Notice } from "../parts/Notice.js";
import { explain } from "../parts/toasts.js";
import { type Flow, flowsOf } from "./flows.js";
import { queueStatsQuery } from "./queries.js";
import { Spark } from "./Spark.js";

/** By how long its oldest task has waited for a worker; scheduled tasks do not wait. Then most pending first, then by name. */
function worstFirst(a: WireQueue, b: WireQueue): number {
  const [first, second] = [a.oldest_ready_at ?? LAST, b.oldest_ready_at ?? LAST];
  if (first !== second) return first < second ? -1 : 1;
  return b.counts.PENDING - a.counts.PENDING || a.name.localeCompare(b.name);
}

/** After all dates. */
const LAST = "~";

export function QueuesPage() {
  const { data: queues, error, refetch } = useQuery(queuesQuery);
  const { data: stats } = useQuery(queueStatsQuery);
  const now = useNow();
  const flows = stats && flowsOf(stats);
  const waiting = queues?.reduce((total, queue) => total + queue.counts.PENDING, 0) ?? 0;
  return (
    <section aria-labelledby="queues-title">
      {error && (
        <Notice
          status="FAILED"
          strong="Couldn't load queues."
          action={{ label: "Try again", onClick: () => void refetch() }}
        >
          {explain(error)}
        </Notice>
      )}
      <div className="block-head">
        <h2 id="queues-title">Queues</h2>
        <p>{queues && `Longest wait first; ${plural(waiting, "pending task")} in total`}</p>
      </div>
      {queues?.length === 0 && (
        <div className="nothing">
          <b>No queues yet</b>
          <span className="hint">A queue appears with its first task.</span>
        </div>
      )}
      {queues && queues.length > 0 && (
        <DataTable
          label="Queues"
          className="grid-table tall queues"
          columns={columnsOf(now, flows)}
          rows={[...queues].sort(worstFirst)}
          keyOf={(queue) => queue.name}
        />
      )}
      <p className="hint px-6 py-3">
        Pending includes scheduled tasks; the longest wait is of tasks that a worker could run now. Rates are
        averages over the last five full minutes.
      </p>
    </section>
  );
}

function columnsOf(now: number, flows: ReadonlyMap<string, Flow> | undefined): readonly Column<WireQueue>[] {
  const number = (head: string, width: string, read: (queue: WireQueue) => number): Column<WireQueue> => ({
    head,
    width,
    className: "r",
    cell: (queue) => formatNumber(read(queue)),
  });
  return [
    {
      head: "Queue",
      width: "w-name",
      isName: true,
      cell: ({ name }) => (
        <Link className="nm title" to="/tasks" search={{ queue: name }}>
          {name}
        </Link>
      ),
    },
    number("Pending", "w-n", ({ counts }) => counts.PENDING),
    {
      head: "Longest wait",
      width: "w-oldest",
      className: "r",
      cell: ({ oldest_ready_at }) =>
        oldest_ready_at === null ? "–" : formatAge(now - Date.parse(oldest_ready_at)),
    },
    number("Running", "w-n", ({ counts }) => counts.RUNNING),
    number("Failed", "w-n", ({ counts }) => counts.FAILED),
    number("In/min", "w-flow", ({ name }) => flows?.get(name)?.inPerMinute ?? 0),
    number("Out/min", "w-flow", ({ name }) => flows?.get(name)?.outPerMinute ?? 0),
    {
      head: "Finished, last hour",
      width: "q-spark",
      className: "gap q-spark",
      cell: ({ name }) => <Spark values={flows?.get(name)?.finished ?? []} />,
    },
  ];
}
