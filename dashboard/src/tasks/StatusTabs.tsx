// Status tabs, each with its count under the current type and queue filters.
import { useQuery } from "@tanstack/react-query";
import { STATUSES, type Status } from "../../../src/model/status.js";
import { statsQuery } from "../data/queries.js";
import type { TaskSearch } from "../data/search.js";
import type { WireStats } from "../lib/api.js";
import { formatCount, formatNumber } from "../lib/format.js";
import { STATUS_WORDS } from "../parts/Badge.js";
import { Glyph } from "../parts/Glyph.js";
import { PlainLink } from "../parts/PlainLink.js";

type Counts = Readonly<Record<Status, number>>;

/** Counts for the type and queue filters; undefined if the statistics cannot tell, for example with a text filter. */
export function countsUnder(stats: WireStats | undefined, search: TaskSearch): Counts | undefined {
  const { status: _status, type: _type, queue: _queue, order: _order, ...others } = search;
  if (!stats || Object.keys(others).length > 0) return undefined;
  if (!search.type && !search.queue) return stats.counts;
  const sum = { PENDING: 0, RUNNING: 0, SUCCESS: 0, FAILED: 0, CANCELLED: 0 };
  for (const lane of stats.by_lane) {
    if (search.type && lane.task_type !== search.type) continue;
    if (search.queue && lane.queue !== search.queue) continue;
    for (const status of STATUSES) sum[status] += lane.counts[status];
  }
  return sum;
}

export function StatusTabs({ search }: { readonly search: TaskSearch }) {
  const { data: stats } = useQuery(statsQuery);
  const counts = countsUnder(stats, search);
  const { status: _status, ...others } = search;
  const all = counts && STATUSES.reduce((total, status) => total + counts[status], 0);
  return (
    <nav className="tabs" aria-label="Status">
      <PlainLink to="/tasks" search={others} current={!search.status && "true"}>
        All
        <Count value={all} />
      </PlainLink>
      {STATUSES.map((status) => (
        <PlainLink
          key={status}
          to="/tasks"
          search={{ ...search, status }}
          data-status={status}
          current={search.status === status && "true"}
        >
          <Glyph status={status} />
          {STATUS_WORDS[status]}
          <Count value={counts?.[status]} />
        </PlainLink>
      ))}
    </nav>
  );
}

function Count({ value }: { readonly value: number | undefined }) {
  // Reserves space before the number is known.
  return (
    <span className="count" title={value === undefined ? undefined : formatNumber(value)}>
      {value !== undefined && formatCount(value)}
    </span>
  );
}
