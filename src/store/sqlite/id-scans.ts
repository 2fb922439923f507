// Ids of tasks in order, from wherever tasks of a status lie: short scans of one index each, merged. Reads no payload.
import type { Database } from "better-sqlite3";
import type { TaskId } from "../../model/id.js";
import type { Status } from "../../model/status.js";
import type { Instant } from "../../model/time.js";
import {
  endOf,
  FEW_TASKS,
  type IdOrder,
  isWithinIds,
  type LaneCounts,
  needsCounts,
  type Places,
  placesOf,
  rangeOfEnds,
  rarestTag,
  startOf,
  statusesOf,
  type TagChoice,
  tagChoiceOf,
} from "../page.js";
import type { PageRequest, TaskFilter } from "../store.js";

/** Ids beyond `after`, in order, at most `count`. */
type Scan = (after: TaskId, count: number) => readonly TaskId[];

/** A range of one index, both ways. `where` fixes all columns of the index before id; every scan starts with a seek. */
function statements(table: string, where: string, id = "id") {
  const sql = (comparison: string, direction: string) =>
    `SELECT ${id} FROM ${table} WHERE ${where} ${id} ${comparison} ? ORDER BY ${id} ${direction} LIMIT ?`;
  return { newest: sql("<", "DESC"), oldest: sql(">", "ASC") } as const;
}

// Without a status all tasks, by primary key.
const ALL = statements("task", "");
const RUNNING = statements("running", "");
const SCHEDULED = statements("scheduled", "task_type = ? AND");
const FINISHED = statements("done", "queue = ? AND task_type = ? AND status = ? AND");
const TAGGED = statements("tag", "tag = ? AND", "task_id");
// Repeats the partial index's own condition word for word: SQLite does not infer it, and would walk all of done by id.
const UNSUCCESSFUL = {
  FAILED: statements("done", "status IN ('FAILED', 'CANCELLED') AND status = 'FAILED' AND"),
  CANCELLED: statements("done", "status IN ('FAILED', 'CANCELLED') AND status = 'CANCELLED' AND"),
} as const;

// A range of the partial index, whose own condition comes first. SQLite would take the index by status, and sort.
export const ENDED = `
SELECT completed_at AS "at", id FROM done INDEXED BY done_unsuccessful_by_end
WHERE status IN ('FAILED', 'CANCELLED') AND (completed_at, id) < (?, ?) AND completed_at >= ?
ORDER BY completed_at DESC, id DESC LIMIT ?`;

// Up to so many rows of a range of the primary key.
export const COUNT_TAGGED = "SELECT count(*) FROM (SELECT 1 FROM tag WHERE tag = ? LIMIT ?)";

// The keys of ready, in the order of claims: few enough to be sorted by id (page.ts).
const WAITING = "SELECT id FROM ready";
const WAITING_IN_LANE = `${WAITING} WHERE queue = ? AND task_type = ?`;

/** Every statement of a list by its place, for the test of their plans. */
export const SCANS = { ALL, RUNNING, SCHEDULED, FINISHED, TAGGED, ...UNSUCCESSFUL } as const;

export interface IdScans {
  /** Ids that may match the filter, in order, from where the page begins. */
  open(filter: TaskFilter, page: PageRequest, totals: readonly LaneCounts[]): () => TaskId | undefined;
}

export function createIdScans(database: Database): IdScans {
  const prepare = (sql: { readonly newest: string; readonly oldest: string }) => ({
    newest: database.prepare<unknown[], TaskId>(sql.newest).pluck(),
    oldest: database.prepare<unknown[], TaskId>(sql.oldest).pluck(),
  });
  const all = prepare(ALL);
  const running = prepare(RUNNING);
  const scheduled = prepare(SCHEDULED);
  const finished = prepare(FINISHED);
  const ended = database.prepare<[Instant, TaskId, Instant, number], { at: Instant; id: TaskId }>(ENDED);
  const tagged = prepare(TAGGED);
  const countTagged = database.prepare<[string, number], number>(COUNT_TAGGED).pluck();
  const unsuccessful = { FAILED: prepare(UNSUCCESSFUL.FAILED), CANCELLED: prepare(UNSUCCESSFUL.CANCELLED) };
  const waiting = database.prepare<[], TaskId>(WAITING).pluck();
  const waitingInLane = database.prepare<[string, string], TaskId>(WAITING_IN_LANE).pluck();

  /** Read once, with the first page. */
  function readyScan(lanes: readonly LaneCounts[] | "all", order: IdOrder): Scan {
    let sorted: readonly TaskId[] | undefined;
    const read = () =>
      lanes === "all"
        ? waiting.all()
        : lanes.flatMap(({ queue, taskType }) => waitingInLane.all(queue, taskType));
    return (after, count) => {
      sorted ??= read()
        .filter((id) => (order === "newest" ? id < after : id > after))
        .sort(order === "newest" ? descending : ascending);
      const from = sorted.findIndex((id) => (order === "newest" ? id < after : id > after));
      return from < 0 ? [] : sorted.slice(from, from + count);
    };
  }

  function tagFor(choice: TagChoice): string | undefined {
    const counts = needsCounts(choice)
      ? choice.tags.map((tag) => countTagged.get(tag, FEW_TASKS + 1) ?? 0)
      : [];
    return rarestTag(choice, counts);
  }

  function scansOf(status: Status, places: Places, order: IdOrder): readonly Scan[] {
    // Lanes without such tasks are not even looked at.
    const filled = places.lanes.filter((lane) => lane[status] > 0);
    if (filled.length === 0) return [];
    if (status === "RUNNING") return [(after, count) => running[order].all(after, count)];
    if (status === "PENDING") {
      const types = [...new Set(filled.map((lane) => lane.taskType))];
      const later = types.map(
        (taskType): Scan =>
          (after, count) =>
            scheduled[order].all(taskType, after, count),
      );
      const ready = places.ready ? [readyScan(places.of(status) === "all" ? "all" : filled, order)] : [];
      return places.scheduled ? [...ready, ...later] : ready;
    }
    if (status !== "SUCCESS" && places.of(status) === "all") {
      const statement = unsuccessful[status][order];
      return [(after, count) => statement.all(after, count)];
    }
    return filled.map(
      ({ queue, taskType }) =>
        (after, count) =>
          finished[order].all(queue, taskType, status, after, count),
    );
  }

  function openIds(
    filter: TaskFilter,
    order: IdOrder,
    after: TaskId,
    totals: readonly LaneCounts[],
  ): () => TaskId | undefined {
    const places = placesOf(filter, totals);
    const choice = tagChoiceOf(filter, places, totals);
    const tag = choice && tagFor(choice);
    if (tag !== undefined) {
      return merge([(from, count) => tagged[order].all(tag, from, count)], order, after);
    }
    if (places.all) return merge([(from, count) => all[order].all(from, count)], order, after);
    const scans = statusesOf(filter).flatMap((status) => scansOf(status, places, order));
    return merge(scans, order, after);
  }

  function openEnds(filter: TaskFilter, page: PageRequest): () => TaskId | undefined {
    const { after, end } = rangeOfEnds(filter, page);
    let rows = ended.all(after.at, after.id, end, FIRST_READ);
    let next = 0;
    let size = FIRST_READ;
    return () => {
      const last = rows.at(-1);
      if (next === size && last) {
        size = Math.min(MOST_READ, size * 2);
        rows = ended.all(last.at, last.id, end, size);
        next = 0;
      }
      return rows[next++]?.id;
    };
  }

  return {
    open(filter, page, totals) {
      const { order } = page;
      if (order === "completed") return openEnds(filter, page);
      const end = endOf(filter, order);
      const nextId = openIds(filter, order, startOf(filter, page, order), totals);
      return () => {
        const id = nextId();
        return id !== undefined && isWithinIds(id, end, order) ? id : undefined;
      };
    },
  };
}

/** Ids that a scan reads at once: at first, and at most. */
const FIRST_READ = 16;
const MOST_READ = 1_024;

/** Takes the foremost head of all scans again and again; a scan that runs dry is asked for more, each time twice as much. */
function merge(scans: readonly Scan[], order: IdOrder, after: TaskId): () => TaskId | undefined {
  const sources = scans.map((scan) => ({ scan, ids: scan(after, FIRST_READ), next: 0, size: FIRST_READ }));
  return () => {
    let best: (typeof sources)[number] | undefined;
    let bestId: TaskId | undefined;
    for (const source of sources) {
      if (source.next === source.ids.length && source.ids.length === source.size) {
        source.size = Math.min(MOST_READ, source.size * 2);
        source.ids = source.scan(source.ids.at(-1) ?? after, source.size);
        source.next = 0;
      }
      const id = source.ids[source.next];
      if (id !== undefined && (bestId === undefined || (order === "newest" ? id > bestId : id < bestId))) {
        best = source;
        bestId = id;
      }
    }
    if (best) best.next++;
    return bestId;
  };
}

function ascending(a: TaskId, b: TaskId): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function descending(a: TaskId, b: TaskId): number {
  return ascending(b, a);
}
