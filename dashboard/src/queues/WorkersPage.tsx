// The workers; those without a recent heartbeat first. Read-only.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { workersQuery } from "../data/queries.js";
import { isSilent, type Slots, silentFor, slotsOf } from "../data/workers.js";
import { useNow } from "../lib/clock.js";
import { formatAge, formatBytes, formatNumber, plural } from "../lib/format.js";
import { UseBar } from "../parts/Bar.js";
import { Glyph } from "../parts/Glyph.js";
import { Notice } from "../parts/Notice.js";
import { CELL, COLUMN_HEADER, ROW, ROW_GROUP, TABLE } from "../parts/roles.js";
import { explain } from "../parts/toasts.js";

export function WorkersPage() {
  const { data: workers, error, refetch } = useQuery({ ...workersQuery, refetchInterval: 3000 });
  const now = useNow();
  const ordered = [...(workers ?? [])].sort(
    (a, b) =>
      Number(isSilent(b, now)) - Number(isSilent(a, now)) || a.host.localeCompare(b.host) || a.pid - b.pid,
  );
  return (
    <section aria-labelledby="workers-title">
      {error && (
        <Notice
          status="FAILED"
          strong="Couldn't load workers."
          action={{ label: "Try again", onClick: () => void refetch() }}
        >
          {explain(error)}
        </Notice>
      )}
      <div className="block-head">
        <h2 id="workers-title">Workers</h2>
        <p>{workers && slotsText(slotsOf(workers, now))}</p>
      </div>
      {workers?.length === 0 && (
        <div className="nothing">
          <b>No workers</b>
          <span className="hint">Tasks wait until one starts.</span>
        </div>
      )}
      {ordered.length > 0 && (
        <table {...TABLE} className="grid-table tall workers" aria-label="Workers">
          <colgroup>
            <col className="w-name" />
            <col className="w-use2" />
            <col />
            <col className="w-lag" />
            <col className="w-mem" />
            <col className="w-beat" />
          </colgroup>
          <thead {...ROW_GROUP}>
            <tr {...ROW}>
              <th {...COLUMN_HEADER}>Worker</th>
              <th {...COLUMN_HEADER}>Slots</th>
              <th {...COLUMN_HEADER} className="gap">
                Task types
              </th>
              <th {...COLUMN_HEADER} className="r w-lag">
                Loop lag
              </th>
              <th {...COLUMN_HEADER} className="r">
                Memory
              </th>
              <th {...COLUMN_HEADER} className="r">
                Heartbeat
              </th>
            </tr>
          </thead>
          <tbody {...ROW_GROUP}>
            {ordered.map((worker) => (
              <tr key={worker.id} {...ROW} className={isSilent(worker, now) ? "lost" : undefined}>
                <td {...CELL}>
                  <span className={isSilent(worker, now) ? "nm with-glyph" : "nm"}>
                    {isSilent(worker, now) && (
                      <span className="glyph" data-status="FAILED">
                        <Glyph status="FAILED" />
                      </span>
                    )}
                    <Link className="title" to="/tasks" search={{ worker: worker.id }}>
                      {worker.host}
                    </Link>
                  </span>
                  <span className="sub">
                    {isSilent(worker, now)
                      ? `No heartbeat for ${formatAge(silentFor(worker, now))}, pid ${worker.pid}, ${worker.version}`
                      : `pid ${worker.pid}, ${worker.version}, up ${formatAge(now - Date.parse(worker.started_at))}`}
                  </span>
                </td>
                <td {...CELL} data-label="Slots">
                  <UseBar used={worker.running} of={worker.slots} />
                </td>
                <td
                  {...CELL}
                  className="gap ink-2 c-on"
                  data-label="Task types"
                  title={worker.task_types.join(", ")}
                >
                  {worker.task_types.join(", ")}
                  {worker.queues && ` on ${worker.queues.join(", ")}`}
                </td>
                <td {...CELL} className="r w-lag" data-label="Loop lag">
                  {isSilent(worker, now) ? "–" : `${Math.round(worker.event_loop_lag_ms)} ms`}
                </td>
                <td {...CELL} className="r" data-label="Memory">
                  {isSilent(worker, now) ? "–" : formatBytes(worker.memory_bytes)}
                </td>
                <td {...CELL} className="r" data-label="Heartbeat">
                  {formatAge(silentFor(worker, now))} ago
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function slotsText({ used, all, silent }: Slots): string {
  const lost = silent === 0 ? "" : `, ${plural(silent, "worker")} without heartbeat`;
  return `${formatNumber(used)} of ${plural(all, "slot")} in use${lost}`;
}
