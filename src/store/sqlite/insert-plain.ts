// Stores tasks that bring nothing to look up but their id, which is new: many in a statement. Where an id is there
// already nothing is stored, and insert.ts has to look at each.
import type { Database, Statement } from "better-sqlite3";
import type { Instant } from "../../model/time.js";
import { startOf } from "../replay.js";
import { readTags } from "../task-row.js";
import type { Arrivals } from "./arrivals.js";
import type { Value } from "./bulk.js";
import type { PlainGroup } from "./plain-groups.js";
import type { Transactions, Writer } from "./transaction.js";

/** Rows in a statement. */
const SIZES = [64, 8, 1] as const;

// What a group has in common is bound once in a statement: two thirds of the time of binding 14 values for each task.
const addTasks = (rows: number) => `
INSERT INTO task (id, retry, tags, summary, parameters,
  queue, task_type, priority, created_at, run_at, max_attempts, timeout)
SELECT own.*, common.* FROM (VALUES ${Array.from({ length: rows }, () => "(?, ?, ?, ?, ?)").join(", ")}) own,
  (SELECT ?, ?, ?, ?, ?, ?, ?) common
WHERE true ON CONFLICT (id) DO NOTHING`;

// The end of the table.
const NEWEST_ROW = "SELECT max(rowid) FROM task";

// What this transaction has added, a range at the end of the table.
const MAKE_READY = `
INSERT INTO ready (queue, task_type, rank, id, carried)
SELECT queue, task_type, -priority, id, 0 FROM task WHERE rowid > ? AND (run_at IS NULL OR run_at <= ?)`;

const SCHEDULE = `
INSERT INTO scheduled (run_at, id, queue, task_type, rank, carried, waiting_for)
SELECT run_at, id, queue, task_type, -priority, 0, 'time' FROM task WHERE rowid > ? AND run_at > ?`;

/** For the test of their plans. */
export const STATEMENTS = { NEWEST_ROW, MAKE_READY, SCHEDULE } as const;

export function createInsertPlain({ database }: Writer, transactions: Transactions, arrivals: Arrivals) {
  const add = prepareAdd(database);
  const newestRow = database.prepare<[], number | null>(NEWEST_ROW).pluck();
  const makeReady = database.prepare<[number, Instant]>(MAKE_READY);
  const schedule = database.prepare<[number, Instant]>(SCHEDULE);

  function store(groups: readonly PlainGroup[], now: Instant): Instant {
    const before = newestRow.get() ?? 0;
    const runAts = groups.map((group) => startOf(group, now));
    groups.forEach((group, position) => {
      const runAt = runAts[position] ?? null;
      if (add(group, runAt, now) < group.own.length) throw new RepeatedId();
      arrivals.count(group, group.own.length, runAt !== null && runAt > now);
      if (arrivals.listening) noteAll(group, runAt, now);
    });
    if (runAts.some((runAt) => runAt === null || runAt <= now)) makeReady.run(before, now);
    if (runAts.some((runAt) => runAt !== null && runAt > now)) schedule.run(before, now);
    arrivals.addQueues(groups, now);
    return now;
  }

  function noteAll(group: PlainGroup, runAt: Instant | null, now: Instant): void {
    const { queue, taskType, priority, maxAttempts, timeout } = group;
    for (const [id, , tags, summary] of group.own) {
      const own = { id, tags: readTags(tags), ...(summary !== null && { summary }) };
      arrivals.note({ queue, taskType, priority, maxAttempts, timeout, ...own }, runAt, now);
    }
  }

  /** The moment at which all were stored, or undefined where nothing was, because an id is there already. */
  return function insertPlain(groups: readonly PlainGroup[]): Instant | undefined {
    try {
      return transactions.run((now) => store(groups, now));
    } catch (error) {
      if (error instanceof RepeatedId) return undefined;
      throw error;
    }
  };
}

/** Answers how many of the group's tasks were added: all, unless an id is there already. */
function prepareAdd(database: Database): (group: PlainGroup, runAt: Instant | null, now: Instant) => number {
  const statements = SIZES.map((size): { readonly size: number; readonly statement: Statement<Value[]> } => ({
    size,
    statement: database.prepare<Value[]>(addTasks(size)),
  }));
  return ({ queue, taskType, priority, maxAttempts, timeout, own }, runAt, now) => {
    const common = [queue, taskType, priority, now, runAt, maxAttempts, timeout];
    let from = 0;
    let added = 0;
    for (const { size, statement } of statements) {
      for (; own.length - from >= size; from += size) {
        const values: Value[] = [];
        for (const row of own.slice(from, from + size)) values.push(...row);
        added += statement.run(...values, ...common).changes;
      }
    }
    return added;
  };
}

/** Rolls the transaction back. */
class RepeatedId extends Error {
  override readonly name = "RepeatedId";
}
