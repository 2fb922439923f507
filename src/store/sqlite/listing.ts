// Pages of tasks by keyset on id, in one snapshot. Filters without an index look at a bounded number of tasks per page.
import type { Database } from "better-sqlite3";
import type { Clock } from "../../lib/clock.js";
import { idFloor, type TaskId } from "../../model/id.js";
import { LIMITS } from "../../model/limits.js";
import { STATUSES } from "../../model/status.js";
import type { Task } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import { decodeCursor, encodeCursor } from "../cursor.js";
import type { PageRequest, TaskFilter, TaskPage } from "../store.js";
import { selectTask, type TaskRow, toTask, withShortStack } from "./rows.js";
import { TOTALS, type TotalRow } from "./statistics.js";
import { createStreams, isAmong, isEmpty } from "./streams.js";

/** How much one page may look at, where the filter has no index. */
const BOUND = { tasks: 20_000, millis: 50 } as const;
/** How far an id's time may lie before or after the moment its task was stored (LIMITS.callerIdAge, and clocks that differ). */
const ID_TIME = { before: LIMITS.callerIdAge + 3_600_000, after: 3_600_000 } as const;
/** Sorts behind every id. */
const LAST_ID = "~";

export function createListing(database: Database, clock: Clock) {
  const streams = createStreams(database);
  const selectTotals = database.prepare<[], TotalRow>(TOTALS);
  const prepareRow = (parameters: string, resultData: string) =>
    database.prepare<[string], TaskRow>(selectTask(parameters, resultData));
  const rows = {
    bare: prepareRow("NULL", "NULL"),
    parameters: prepareRow("t.parameters", "NULL"),
    result: prepareRow("NULL", "d.result_data"),
    both: prepareRow("t.parameters", "d.result_data"),
  } as const;

  function rowOf(include: PageRequest["include"]) {
    const result = include?.includes("result_data") === true;
    if (include?.includes("parameters")) return result ? rows.both : rows.parameters;
    return result ? rows.result : rows.bare;
  }

  function list(filter: TaskFilter, page: PageRequest): TaskPage {
    const after = startOf(filter, page);
    const end = endOf(filter, page.order);
    const totals = selectTotals.all();
    const nextId = streams.open(filter, page.order, after, totals);
    const row = rowOf(page.include);
    const started = clock.monotonic();
    const tasks: Task[] = [];
    let looked = 0;
    let last: { readonly id: TaskId; readonly createdAt: Instant } | undefined;
    let more: "no" | "yes" | "unknown" = "no";
    for (let id = nextId(); id !== undefined && isWithinIds(id, end, page.order); id = nextId()) {
      const found = row.get(id);
      if (!found) continue;
      const task = toTask(found);
      if (matches(task, filter)) {
        if (tasks.length === page.limit) {
          more = "yes";
          break;
        }
        tasks.push(withShortStack(task));
      }
      last = task;
      looked++;
      const exhausted = looked % 64 === 0 && clock.monotonic() - started > BOUND.millis;
      if (tasks.length < page.limit && (looked >= BOUND.tasks || exhausted)) {
        more = "unknown";
        break;
      }
    }
    return {
      tasks,
      next: last && more !== "no" ? encodeCursor(last.id, filter, page.order) : undefined,
      total: total(filter, totals, tasks.length + (more === "yes" ? 1 : 0)),
      ...(more === "unknown" && last ? { searchedUntil: last.createdAt } : {}),
    };
  }

  return { list: database.transaction(list).deferred };
}

/** Where the page begins: behind the cursor, or where the first task of the wanted time can be. */
function startOf(filter: TaskFilter, { cursor, order }: PageRequest): TaskId {
  if (cursor !== undefined) return decodeCursor(cursor, filter, order);
  if (order === "oldest") return filter.createdAfter === undefined ? "" : oldestId(filter.createdAfter);
  const before = Math.min(filter.createdBefore ?? Infinity, filter.completedBefore ?? Infinity);
  return before === Infinity ? LAST_ID : newestId(before);
}

/** Where no task of the wanted time can be any more. */
function endOf(filter: TaskFilter, order: PageRequest["order"]): TaskId {
  if (order === "newest") return filter.createdAfter === undefined ? "" : oldestId(filter.createdAfter);
  const before = Math.min(filter.createdBefore ?? Infinity, filter.completedBefore ?? Infinity);
  return before === Infinity ? LAST_ID : newestId(before);
}

function oldestId(createdAt: Instant): TaskId {
  return idFloor(createdAt - ID_TIME.before);
}

function newestId(createdAt: Instant): TaskId {
  return idFloor(createdAt + ID_TIME.after);
}

function isWithinIds(id: TaskId, end: TaskId, order: PageRequest["order"]): boolean {
  return order === "newest" ? id >= end : id <= end;
}

/** Rollups know it exactly where only status, task types and queues are filtered; otherwise what was seen. */
function total(filter: TaskFilter, totals: readonly TotalRow[], seen: number): TaskPage["total"] {
  const { status, taskTypes, queues, ...others } = filter;
  const isCounted = Object.values(others).every(
    (value) => value === undefined || (Array.isArray(value) && value.length === 0),
  );
  if (!isCounted) return { value: seen, relation: "at_least" };
  const statuses = isEmpty(status) ? STATUSES : [...new Set(status)];
  let value = 0;
  for (const lane of totals) {
    if (!isAmong(lane.queue, queues) || !isAmong(lane.taskType, taskTypes)) continue;
    for (const wanted of statuses) value += lane[wanted];
  }
  return { value, relation: "exact" };
}

function matches(task: Task, filter: TaskFilter): boolean {
  return (
    isAmong(task.status, filter.status) &&
    isAmong(task.taskType, filter.taskTypes) &&
    isAmong(task.queue, filter.queues) &&
    (filter.tags ?? []).every((tag) => task.tags.includes(tag)) &&
    (filter.worker === undefined || task.worker === filter.worker) &&
    isWithin(task.createdAt, filter.createdAfter, filter.createdBefore) &&
    isWithin(task.completedAt, filter.completedAfter, filter.completedBefore) &&
    (filter.text === undefined || hasText(task, filter.text.toLowerCase()))
  );
}

/** From `after` on, up to `before` and not including it. */
function isWithin(at: Instant | undefined, after: Instant | undefined, before: Instant | undefined): boolean {
  if (after === undefined && before === undefined) return true;
  return at !== undefined && (after === undefined || at >= after) && (before === undefined || at < before);
}

function hasText(task: Task, text: string): boolean {
  if (task.id.startsWith(text)) return true;
  return [task.summary, task.taskType, task.error?.message].some((part) =>
    part?.toLowerCase().includes(text),
  );
}
