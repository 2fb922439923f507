// Ids of tasks in order, from wherever tasks of a status lie: short scans of one index each, merged. Reads no payload.
import type { Database } from "better-sqlite3";
import type { TaskId } from "../../model/id.js";
import { STATUSES, type Status } from "../../model/status.js";
import { isAmong, isEmpty, type LaneCounts } from "../page.js";
import { FIRST_RANK } from "../rank.js";
import type { PageRequest, TaskFilter } from "../store.js";

export type Order = PageRequest["order"];

/** Ids beyond `after`, in order, at most `count`. */
type Scan = (after: TaskId, count: number) => readonly TaskId[];

/** A range of one index, both ways. `where` fixes all columns of the index before id; every scan starts with a seek. */
function statements(table: string, where: string) {
  const sql = (comparison: string, direction: string) =>
    `SELECT id FROM ${table} WHERE ${where} id ${comparison} ? ORDER BY id ${direction} LIMIT ?`;
  return { newest: sql("<", "DESC"), oldest: sql(">", "ASC") } as const;
}

// Without a status all tasks, by primary key.
const ALL = statements("task", "");
const RUNNING = statements("running", "");
// One priority of one lane.
const READY = statements("ready", "queue = ? AND task_type = ? AND rank = ? AND");
const SCHEDULED = statements("scheduled", "task_type = ? AND");
const FINISHED = statements("done", "queue = ? AND task_type = ? AND status = ? AND");
// Repeats the partial index's own condition word for word: SQLite does not infer it, and would walk all of done by id.
const UNSUCCESSFUL = {
  FAILED: statements("done", "status IN ('FAILED', 'CANCELLED') AND status = 'FAILED' AND"),
  CANCELLED: statements("done", "status IN ('FAILED', 'CANCELLED') AND status = 'CANCELLED' AND"),
} as const;

// Loose index scan: one seek per lane and priority. '~' is behind every id; without it the seek would stop at the first
// row of that priority and walk through all of them.
const NEXT_RANK = `
SELECT queue, task_type AS taskType, rank FROM ready
WHERE (queue, task_type, rank, id) > (?, ?, ?, '~') ORDER BY queue, task_type, rank, id LIMIT 1`;

/** Every statement of a list by its place, for the test of their plans. */
export const SCANS = { ALL, RUNNING, READY, SCHEDULED, FINISHED, ...UNSUCCESSFUL } as const;

export interface IdScans {
  /** Ids that may match the filter's status, task types and queues, in order, beyond `after`. */
  open(
    filter: TaskFilter,
    order: Order,
    after: TaskId,
    totals: readonly LaneCounts[],
  ): () => TaskId | undefined;
}

export function createIdScans(database: Database): IdScans {
  const prepare = (sql: { readonly newest: string; readonly oldest: string }) => ({
    newest: database.prepare<unknown[], TaskId>(sql.newest).pluck(),
    oldest: database.prepare<unknown[], TaskId>(sql.oldest).pluck(),
  });
  const all = prepare(ALL);
  const running = prepare(RUNNING);
  const ready = prepare(READY);
  const scheduled = prepare(SCHEDULED);
  const finished = prepare(FINISHED);
  const unsuccessful = { FAILED: prepare(UNSUCCESSFUL.FAILED), CANCELLED: prepare(UNSUCCESSFUL.CANCELLED) };
  const nextRank = database.prepare<
    [string, string, number],
    { queue: string; taskType: string; rank: number }
  >(NEXT_RANK);

  function readyScans(lanes: readonly LaneCounts[], order: Order): readonly Scan[] {
    return lanes.flatMap(({ queue, taskType }) => {
      const scans: Scan[] = [];
      let row = nextRank.get(queue, taskType, FIRST_RANK);
      while (row?.queue === queue && row.taskType === taskType) {
        const { rank } = row;
        scans.push((after, count) => ready[order].all(queue, taskType, rank, after, count));
        row = nextRank.get(queue, taskType, rank);
      }
      return scans;
    });
  }

  function scansOf(
    status: Status,
    filter: TaskFilter,
    order: Order,
    lanes: readonly LaneCounts[],
  ): readonly Scan[] {
    // Lanes without such tasks are not even looked at.
    const filled = lanes.filter((lane) => lane[status] > 0);
    const types = [...new Set(filled.map((lane) => lane.taskType))];
    if (status === "RUNNING") return [(after, count) => running[order].all(after, count)];
    if (status === "PENDING") {
      const later = types.map(
        (taskType): Scan =>
          (after, count) =>
            scheduled[order].all(taskType, after, count),
      );
      return [...readyScans(filled, order), ...later];
    }
    if (status !== "SUCCESS" && isEmpty(filter.taskTypes)) {
      const statement = unsuccessful[status][order];
      return [(after, count) => statement.all(after, count)];
    }
    return filled.map(
      ({ queue, taskType }) =>
        (after, count) =>
          finished[order].all(queue, taskType, status, after, count),
    );
  }

  return {
    open(filter, order, after, totals) {
      const statuses = isEmpty(filter.status) ? STATUSES : [...new Set(filter.status)];
      if (statuses.length === STATUSES.length && isEmpty(filter.taskTypes)) {
        return merge([(from, count) => all[order].all(from, count)], order, after);
      }
      const lanes = totals.filter(
        ({ queue, taskType }) => isAmong(queue, filter.queues) && isAmong(taskType, filter.taskTypes),
      );
      const scans = statuses.flatMap((status) => scansOf(status, filter, order, lanes));
      return merge(scans, order, after);
    },
  };
}

/** Takes the foremost head of all scans again and again; a scan that runs dry is asked for more, each time twice as much. */
function merge(scans: readonly Scan[], order: Order, after: TaskId): () => TaskId | undefined {
  const sources = scans.map((scan) => ({ scan, ids: scan(after, 16), next: 0, size: 16 }));
  return () => {
    let best: (typeof sources)[number] | undefined;
    let bestId: TaskId | undefined;
    for (const source of sources) {
      if (source.next === source.ids.length && source.ids.length === source.size) {
        source.size = Math.min(1024, source.size * 2);
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
