// Pages of tasks by keyset on id, in one snapshot. Filters without an index look at a bounded number of tasks per page.
import type { Clock } from "../../lib/clock.js";
import type { TaskId } from "../../model/id.js";
import type { Status } from "../../model/status.js";
import type { Task } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { encodeCursor } from "../cursor.js";
import {
  BOUND,
  endOf,
  FEW_TASKS,
  type IdOrder,
  isWithinIds,
  type LaneCounts,
  matches,
  needsCounts,
  type Places,
  placesOf,
  positionOf,
  rangeOfEnds,
  rarestTag,
  searchedUntil,
  startOf,
  statusesOf,
  type TagChoice,
  tagChoiceOf,
  total,
  unsuccessfulOnly,
} from "../page.js";
import type { PageRequest, TaskFilter, TaskPage } from "../store.js";
import { toTask, withShortStack } from "../task-row.js";
import type { Database, Query } from "./database.js";
import { selectTotals } from "./statistics.js";
import { findTasks, withPayload } from "./task-query.js";

/** Sort before and behind every id. */
const FIRST_ID = "00000000-0000-0000-0000-000000000000";
const LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** One page's worth of ids beyond $1, at most $2, from one range of one index; `where` fixes all of its columns before id. */
function range(table: string, where: string, order: IdOrder, id = "id"): string {
  const [comparison, direction] = order === "newest" ? (["<", "DESC"] as const) : ([">", "ASC"] as const);
  return `SELECT y.${id} AS id FROM taskwright.${table} y WHERE ${where} y.${id} ${comparison} $1 ORDER BY y.${id} ${direction} LIMIT $2`;
}

// Every place is a range of its primary key, or one of done_by_lane, done_unsuccessful, scheduled_by_type for each lane or
// type asked for. There is no order by id among ready tasks: they are few enough to be sorted (page.ts). $3 and $4 are the
// queues and types of the lanes that hold such tasks.
const PLACES = {
  all: (order: IdOrder) => range("task", "", order),
  RUNNING: (order: IdOrder) => range("running", "", order),
  ready: (order: IdOrder) => range("ready", "", order),
  readyInLanes: (order: IdOrder) => `
    SELECT s.id FROM unnest($3::text[], $4::text[]) AS l (queue, task_type)
    CROSS JOIN LATERAL (${range("ready", "y.queue = l.queue AND y.task_type = l.task_type AND", order)}) s`,
  scheduled: (order: IdOrder) => `
    SELECT s.id FROM (SELECT DISTINCT task_type FROM unnest($4::text[]) AS w (task_type)) l
    CROSS JOIN LATERAL (${range("scheduled", "y.task_type = l.task_type AND", order)}) s`,
  finished: (status: Status, order: IdOrder) => `
    SELECT s.id FROM unnest($3::text[], $4::text[]) AS l (queue, task_type)
    CROSS JOIN LATERAL (${range("done", `y.queue = l.queue AND y.task_type = l.task_type AND y.status = '${status}' AND`, order)}) s`,
  unsuccessful: (status: Status, order: IdOrder) => range("done", `y.status = '${status}' AND`, order),
} as const;

// A range of the primary key of its own. $3 is the tag.
const TAGGED = (order: IdOrder) => range("tag", "y.tag = $3 AND", order, "task_id");

// A range of the partial index, whose own condition comes first.
const ENDED = `
SELECT y.completed_at AS at, y.id FROM taskwright.done y
WHERE y.status IN ('FAILED', 'CANCELLED') AND (y.completed_at, y.id) < ($1::bigint, $2::uuid) AND y.completed_at >= $3::bigint
ORDER BY y.completed_at DESC, y.id DESC LIMIT $4`;

// Up to so many rows of such a range, for each tag.
const COUNT_TAGGED = `
SELECT (SELECT count(*) FROM (SELECT 1 FROM taskwright.tag y WHERE y.tag = s.tag LIMIT ${FEW_TASKS + 1}) f) AS tasks
FROM unnest($1::text[]) WITH ORDINALITY AS s (tag, position) ORDER BY s.position`;

async function tagFor(query: Query, choice: TagChoice): Promise<string | undefined> {
  const counts = needsCounts(choice) ? await query<{ tasks: number }>(COUNT_TAGGED, [choice.tags]) : [];
  return rarestTag(
    choice,
    counts.map(({ tasks }) => tasks),
  );
}

/** Further ids that may match the filter, in order, so many of them; fewer only at the end. */
type Scan = (count: number) => Promise<readonly TaskId[]>;

function statementsOf(status: Status, places: Places, order: IdOrder): readonly string[] {
  const byLane = places.of(status) === "lanes";
  switch (status) {
    case "RUNNING":
      return [PLACES.RUNNING(order)];
    case "PENDING":
      return [
        ...(places.ready ? [byLane ? PLACES.readyInLanes(order) : PLACES.ready(order)] : []),
        ...(places.scheduled ? [PLACES.scheduled(order)] : []),
      ];
    default:
      return [byLane ? PLACES.finished(status, order) : PLACES.unsuccessful(status, order)];
  }
}

/** By id, from `after` on; `sql` has that as $1, and how many as $2. */
function scanIds(query: Query, sql: string, from: TaskId, values: readonly unknown[]): Scan {
  let after = from;
  return async (count) => {
    const ids = (await query<{ id: TaskId }>(sql, [after, count, ...values])).map((row) => row.id);
    after = ids.at(-1) ?? after;
    return ids;
  };
}

function scanEnds(query: Query, filter: TaskFilter, page: PageRequest): Scan {
  const range = rangeOfEnds(filter, page);
  let { at, id } = { ...range.after, id: boundOf(range.after.id, "oldest") };
  return async (count) => {
    const rows = await query<{ at: Instant; id: TaskId }>(ENDED, [at, id, range.end, count]);
    ({ at, id } = rows.at(-1) ?? { at, id });
    return rows.map((row) => row.id);
  };
}

async function openScan(
  query: Query,
  filter: TaskFilter,
  order: IdOrder,
  after: TaskId,
  totals: readonly LaneCounts[],
): Promise<Scan> {
  const places = placesOf(filter, totals);
  const choice = tagChoiceOf(filter, places, totals);
  const tag = choice && (await tagFor(query, choice));
  if (tag !== undefined) return scanIds(query, TAGGED(order), after, [tag]);
  const statements = places.all
    ? [PLACES.all(order)]
    : statusesOf(filter).flatMap((status) => statementsOf(status, places, order));
  if (statements.length === 0) return async () => [];
  const { lanes } = places;
  const direction = order === "newest" ? "DESC" : "ASC";
  // The last line uses what a place may not need: every parameter must have a type.
  const sql = `
SELECT id FROM (${statements.map((statement) => `(${statement})`).join(" UNION ALL ")}) s
WHERE $3::text[] IS NOT NULL AND $4::text[] IS NOT NULL ORDER BY id ${direction} LIMIT $2`;
  const queues = lanes.map((lane) => lane.queue);
  const taskTypes = lanes.map((lane) => lane.taskType);
  return scanIds(query, sql, after, [queues, taskTypes]);
}

export function createListing(database: Database, clock: Clock) {
  async function list(query: Query, filter: TaskFilter, page: PageRequest): Promise<TaskPage> {
    const { order, limit } = page;
    const totals = await selectTotals(query);
    const narrowed = order === "completed" ? unsuccessfulOnly(filter) : filter;
    if (!narrowed) return { tasks: [], total: { ...total(filter, totals, 0), value: 0 } };
    const wanted: TaskFilter = narrowed;
    const scan =
      order === "completed"
        ? scanEnds(query, filter, page)
        : await openScan(query, filter, order, boundOf(startOf(filter, page, order), order), totals);
    const isWithin = (id: TaskId) => order === "completed" || isWithinIds(id, endOf(filter, order), order);
    const started = clock.monotonic();
    const tasks: Task[] = [];
    let looked = 0;
    let last: Task | undefined;
    async function answer(more: "no" | "yes" | "unknown"): Promise<TaskPage> {
      const shown = await withPayload(query, tasks, page.include);
      const isCut = shown.length < tasks.length;
      const end = isCut ? shown.at(-1) : last;
      return {
        tasks: shown,
        next: end && (isCut || more !== "no") ? encodeCursor(positionOf(end), filter, order) : undefined,
        total: total(wanted, totals, tasks.length + (more === "yes" ? 1 : 0)),
        ...(more === "unknown" && !isCut && last ? { searchedUntil: searchedUntil(last, order) } : {}),
      };
    }
    for (let size = limit + 1; ; size = Math.min(1_000, size * 2)) {
      const ids = await scan(size);
      const rows = await findTasks(query, ids, "bare");
      for (const id of ids) {
        if (!isWithin(id)) return answer("no");
        const row = rows.get(id);
        if (!row) continue;
        const task = toTask(row);
        if (matches(task, wanted)) {
          if (tasks.length === limit) return answer("yes");
          tasks.push(withShortStack(task));
        }
        last = task;
        looked++;
      }
      if (ids.length < size) return answer("no");
      const exhausted = looked >= BOUND.tasks || clock.monotonic() - started > BOUND.millis;
      if (exhausted && tasks.length < limit) return answer("unknown");
    }
  }

  return {
    list: (filter: TaskFilter, page: PageRequest) => database.snapshot((query) => list(query, filter, page)),
  };
}

function boundOf(after: TaskId, order: IdOrder): TaskId {
  if (order === "oldest") return after === "" ? FIRST_ID : after;
  return after === "~" ? LAST_ID : after;
}
