// The workers; those without a recent heartbeat first. Read-only.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { workersQuery } from "../data/queries.js";
import { isSilent, type Slots, silentFor, slotsOf } from "../data/workers.js";
import type { WireWorker } from "../lib/api.js";
import { useNow } from "../lib/clock.js";
import { formatAge, formatBytes, formatNumber, plural } from "../lib/format.js";
import { UseBar } from "../parts/Bar.js";
import { type Column, DataTable } from "../parts/DataTable.js";
import { Glyph } from "../parts/Glyph.js";
import { Notice } from "../parts/Notice.js";
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
        <DataTable
          label="Workers"
          className="grid-table tall workers"
          columns={columnsOf(now)}
          rows={ordered}
          keyOf={(worker) => worker.id}
          rowClass={(worker) => (isSilent(worker, now) ? "lost" : undefined)}
        />
      )}
    </section>
  );
}

function slotsText({ used, all, silent }: Slots): string {
  const lost = silent === 0 ? "" : `, ${plural(silent, "worker")} without heartbeat`;
  return `${formatNumber(used)} of ${plural(all, "slot")} in use${lost}`;
}

function columnsOf(now: number): readonly Column<WireWorker>[] {
  const figure = (
    head: string,
    className: string,
    read: (worker: WireWorker) => string,
  ): Column<WireWorker> => ({
    head,
    className: `r ${className}`,
    width: className,
    cell: (worker) => (isSilent(worker, now) ? "–" : read(worker)),
  });
  return [
    {
      head: "Worker",
      width: "w-name",
      isName: true,
      cell: (worker) => <Name worker={worker} now={now} />,
    },
    {
      head: "Slots",
      width: "w-use2",
      cell: (worker) => <UseBar used={worker.running} of={worker.slots} />,
    },
    {
      head: "Task types",
      className: "gap ink-2 c-on",
      title: ({ task_types }) => task_types.join(", "),
      cell: ({ task_types, queues }) => task_types.join(", ") + (queues ? ` on ${queues.join(", ")}` : ""),
    },
    figure("Loop lag", "w-lag", (worker) => `${Math.round(worker.event_loop_lag_ms)} ms`),
    figure("Memory", "w-mem", (worker) => formatBytes(worker.memory_bytes)),
    {
      head: "Heartbeat",
      width: "w-beat",
      className: "r",
      cell: (worker) => `${formatAge(silentFor(worker, now))} ago`,
    },
  ];
}

function Name({ worker, now }: { readonly worker: WireWorker; readonly now: number }) {
  const silent = isSilent(worker, now);
  return (
    <>
      <span className={silent ? "nm with-glyph" : "nm"}>
        {silent && (
          <span className="glyph" data-status="FAILED">
            <Glyph status="FAILED" />
          </span>
        )}
        <Link className="title" to="/tasks" search={{ worker: worker.id }}>
          {worker.host}
        </Link>
      </span>
      <span className="sub">
        {silent
          ? `No heartbeat for ${formatAge(silentFor(worker, now))}, pid ${worker.pid}, ${worker.version}`
          : `pid ${worker.pid}, ${worker.version}, up ${formatAge(now - Date.parse(worker.started_at))}`}
      </span>
    </>
  );
}
