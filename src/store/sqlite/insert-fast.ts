// Stores tasks that bring nothing to look up but their id, which is new: many in a statement. Where an id is there
// already nothing is stored, and insert.ts has to look at each.
import type { Instant } from "../../model/time.js";
import { rankSql } from "../rank.js";
import { startOf } from "../submit-replay.js";
import type { FastGroup } from "./fast-groups.js";
import type { InsertEffects } from "./insert-effects.js";
import type { Transactions, Writer } from "./transaction.js";

// The end of the table.
const NEWEST_ROW = "SELECT max(rowid) FROM task";

// What this transaction has added, a range at the end of the table.
const MAKE_READY = `
INSERT INTO ready (queue, task_type, rank, id, traits)
SELECT queue, task_type, ${rankSql("priority")}, id, 0 FROM task WHERE rowid > ? AND (run_at IS NULL OR run_at <= ?)`;

const SCHEDULE = `
INSERT INTO scheduled (run_at, id, queue, task_type, rank, traits, waiting_for)
SELECT run_at, id, queue, task_type, ${rankSql("priority")}, 0, 'time' FROM task WHERE rowid > ? AND run_at > ?`;

/** For the test of their plans. */
export const STATEMENTS = { NEWEST_ROW, MAKE_READY, SCHEDULE } as const;

export function createInsertFast(
  { database, rowBuffer }: Writer,
  transactions: Transactions,
  effects: InsertEffects,
) {
  const newestRow = database.prepare<[], number | null>(NEWEST_ROW).pluck();
  const makeReady = database.prepare<[number, Instant]>(MAKE_READY);
  const schedule = database.prepare<[number, Instant]>(SCHEDULE);

  function store(groups: readonly FastGroup[], now: Instant): Instant {
    const before = newestRow.get() ?? 0;
    const runAts = groups.map((group) => startOf(group, now));
    groups.forEach((group, position) => {
      const runAt = runAts[position] ?? null;
      add(group, runAt, now);
      effects.count(group, group.own.length, runAt !== null && runAt > now);
      if (effects.listening) noteAll(group, runAt, now);
    });
    if (runAts.some((runAt) => runAt === null || runAt <= now)) makeReady.run(before, now);
    if (runAts.some((runAt) => runAt !== null && runAt > now)) schedule.run(before, now);
    effects.addQueues(groups, now);
    return now;
  }

  function add(group: FastGroup, runAt: Instant | null, now: Instant): void {
    const { queue, taskType, priority, maxAttempts, timeout, own } = group;
    const lane = { queue, taskType, priority };
    const common = { ...lane, maxAttempts, timeout, createdAt: now, runAt, retryOf: null, replayKey: null };
    for (const row of own) rowBuffer.addTask(row, common);
    if (rowBuffer.flush() < own.length) throw new RepeatedId();
  }

  function noteAll(group: FastGroup, runAt: Instant | null, now: Instant): void {
    const { queue, taskType, priority, maxAttempts, timeout } = group;
    for (const [id, options] of group.own) {
      const own = { id, ...(options !== null && { options }) };
      effects.note({ queue, taskType, priority, maxAttempts, timeout, ...own }, runAt, now);
    }
  }

  /** The moment at which all were stored, or undefined where nothing was, because an id is there already. */
  return function insertFast(groups: readonly FastGroup[]): Instant | undefined {
    try {
      return transactions.run((now) => store(groups, now));
    } catch (error) {
      if (error instanceof RepeatedId) return undefined;
      throw error;
    }
  };
}

/** Rolls the transaction back. */
class RepeatedId extends Error {
  override readonly name = "RepeatedId";
}
