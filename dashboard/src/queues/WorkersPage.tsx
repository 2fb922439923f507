// The workers; those without a recent heartbeat first. Read-only.
import { useQuery } from "@tanstack/react-query";
import { workersQuery } from "../data/queries.js";
import type { WireWorker } from "../lib/api.js";
import { useNow } from "../lib/clock.js";
import { formatAge, formatBytes, plural } from "../lib/format.js";
import { UseBar } from "../parts/Bar.js";
import { Glyph } from "../parts/Glyph.js";
import { Notice } from "../parts/Notice.js";
import { CELL, COLUMN_HEADER, ROW, ROW_GROUP, TABLE } from "../parts/roles.js";
import { explain } from "../parts/toasts.js";

/** Heartbeats are sent every 3 s; after three missed ones a worker counts as silent. */
const SILENT_MS = 10_000;

export function WorkersPage() {
  const { data: workers, error, refetch } = useQuery({ ...workersQuery, refetchInterval: 3000 });
  const now = useNow();
  const silentFor = (worker: WireWorker) => now - Date.parse(worker.heartbeat_at);
  const isSilent = (worker: WireWorker) => silentFor(worker) > SILENT_MS;
  const ordered = [...(workers ?? [])].sort(
    (a, b) => Number(isSilent(b)) - Number(isSilent(a)) || a.host.localeCompare(b.host) || a.pid - b.pid,
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
        <p>{workers && slots(workers, ordered.filter(isSilent))}</p>
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
              <tr key={worker.id} {...ROW} className={isSilent(worker) ? "lost" : undefined}>
                <td {...CELL}>
                  <span className={isSilent(worker) ? "nm with-glyph" : "nm"}>
                    {isSilent(worker) && (
                      <span className="glyph" data-status="FAILED">
                        <Glyph status="FAILED" />
                      </span>
                    )}
                    {worker.host}
                  </span>
                  <span className="sub">
                    {isSilent(worker)
                      ? `No heartbeat for ${formatAge(silentFor(worker))}, pid ${worker.pid}, ${worker.version}`
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
                  {isSilent(worker) ? "–" : `${Math.round(worker.event_loop_lag_ms)} ms`}
                </td>
                <td {...CELL} className="r" data-label="Memory">
                  {isSilent(worker) ? "–" : formatBytes(worker.memory_bytes)}
                </td>
                <td {...CELL} className="r" data-label="Heartbeat">
                  {formatAge(silentFor(worker))} ago
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** Slots in use; workers without a heartbeat are not counted, since their figures are outdated. */
function slots(workers: readonly WireWorker[], silent: readonly WireWorker[]): string {
  const responsive = workers.filter((worker) => !silent.includes(worker));
  const used = responsive.reduce((total, worker) => total + worker.running, 0);
  const all = responsive.reduce((total, worker) => total + worker.slots, 0);
  const lost = silent.length === 0 ? "" : `, ${plural(silent.length, "worker")} without heartbeat`;
  return `${used} of ${all} slots in use${lost}`;
}
