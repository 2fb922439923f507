// Pages of tasks by keyset on id, in one snapshot. Filters without an index look at a bounded number of tasks per page.
import type { Database } from "better-sqlite3";
import type { Clock } from "../../lib/clock.js";
import { LIMITS } from "../../model/limits.js";
import type { Task } from "../../model/task.js";
import { encodeCursor } from "../cursor.js";
import {
  BOUND,
  type LaneCounts,
  matches,
  payloadBytes,
  positionOf,
  searchedUntil,
  total,
  unsuccessfulOnly,
} from "../page.js";
import type { PageRequest, TaskFilter, TaskPage } from "../store.js";
import { type TaskRow, toTask, withShortStack } from "../task-row.js";
import { createIdScans } from "./id-scans.js";
import { TOTALS } from "./statistics.js";
import { selectTask } from "./task-query.js";

export function createListing(database: Database, clock: Clock) {
  const idScans = createIdScans(database);
  const selectTotals = database.prepare<[], LaneCounts>(TOTALS);
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
    const { order } = page;
    const totals = selectTotals.all();
    const nextId = idScans.open(filter, page, totals);
    const wanted = order === "completed" ? unsuccessfulOnly(filter) : filter;
    if (!wanted) return { tasks: [], total: { ...total(filter, totals, 0), value: 0 } };
    const row = rowOf(page.include);
    const started = clock.monotonic();
    const tasks: Task[] = [];
    let bytes = 0;
    let looked = 0;
    let last: Task | undefined;
    let more: "no" | "yes" | "unknown" = "no";
    const isFull = () => tasks.length === page.limit || bytes >= LIMITS.listBytes;
    for (let id = nextId(); id !== undefined; id = nextId()) {
      const found = row.get(id);
      if (!found) continue;
      const task = toTask(found);
      if (matches(task, wanted)) {
        if (isFull()) {
          more = "yes";
          break;
        }
        tasks.push(withShortStack(task));
        bytes += payloadBytes(task);
      }
      last = task;
      looked++;
      const exhausted = looked % 64 === 0 && clock.monotonic() - started > BOUND.millis;
      if (!isFull() && (looked >= BOUND.tasks || exhausted)) {
        more = "unknown";
        break;
      }
    }
    return {
      tasks,
      next: last && more !== "no" ? encodeCursor(positionOf(last), filter, order) : undefined,
      total: total(wanted, totals, tasks.length + (more === "yes" ? 1 : 0)),
      ...(more === "unknown" && last ? { searchedUntil: searchedUntil(last, order) } : {}),
    };
  }

  return { list: database.transaction(list).deferred };
}
