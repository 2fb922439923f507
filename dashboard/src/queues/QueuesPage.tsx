// The queues, most waiting tasks first. Read-only.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { queuesQuery } from "../data/queries.js";
import type { WireQueue } from "../lib/api.js";
import { useNow } from "../lib/clock.js";
import { formatAge, formatNumber, plural } from "../lib/format.js";
import { Notice } from "../parts/Notice.js";
import { CELL, COLUMN_HEADER, ROW, ROW_GROUP, TABLE } from "../parts/roles.js";
import { explain } from "../parts/toasts.js";
import { flowsOf, queueStatsQuery } from "./flows.js";
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
        <table {...TABLE} className="grid-table tall queues" aria-label="Queues">
          <colgroup>
            <col className="w-name" />
            <col className="w-n" />
            <col className="w-oldest" />
            <col className="w-n" />
            <col className="w-n" />
            <col className="w-flow" />
            <col className="w-flow" />
            <col className="q-spark" />
          </colgroup>
          <thead {...ROW_GROUP}>
            <tr {...ROW}>
              <th {...COLUMN_HEADER}>Queue</th>
              <th {...COLUMN_HEADER} className="r">
                Pending
              </th>
              <th {...COLUMN_HEADER} className="r">
                Longest wait
              </th>
              <th {...COLUMN_HEADER} className="r">
                Running
              </th>
              <th {...COLUMN_HEADER} className="r">
                Failed
              </th>
              <th {...COLUMN_HEADER} className="r">
                In/min
              </th>
              <th {...COLUMN_HEADER} className="r">
                Out/min
              </th>
              <th {...COLUMN_HEADER} className="gap q-spark">
                Finished, last hour
              </th>
            </tr>
          </thead>
          <tbody {...ROW_GROUP}>
            {[...queues].sort(worstFirst).map((queue) => {
              const flow = flows?.get(queue.name);
              return (
                <tr key={queue.name} {...ROW}>
                  <td {...CELL}>
                    <Link className="nm title" to="/tasks" search={{ queue: queue.name }}>
                      {queue.name}
                    </Link>
                  </td>
                  <td {...CELL} className="r" data-label="Pending">
                    {formatNumber(queue.counts.PENDING)}
                  </td>
                  <td {...CELL} className="r" data-label="Longest wait">
                    {queue.oldest_ready_at === null
                      ? "–"
                      : formatAge(now - Date.parse(queue.oldest_ready_at))}
                  </td>
                  <td {...CELL} className="r" data-label="Running">
                    {formatNumber(queue.counts.RUNNING)}
                  </td>
                  <td {...CELL} className="r" data-label="Failed">
                    {formatNumber(queue.counts.FAILED)}
                  </td>
                  <td {...CELL} className="r" data-label="In/min">
                    {flow ? formatNumber(flow.inPerMinute) : "0"}
                  </td>
                  <td {...CELL} className="r" data-label="Out/min">
                    {flow ? formatNumber(flow.outPerMinute) : "0"}
                  </td>
                  <td {...CELL} className="gap q-spark" data-label="Finished, last hour">
                    <Spark values={flow?.finished ?? []} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <p className="hint px-6 py-3">
        Pending includes scheduled tasks; the longest wait is of tasks that a worker could run now. Rates are
        averages over the last five full minutes.
      </p>
    </section>
  );
}
