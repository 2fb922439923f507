// Stores tasks that bring nothing to look up but their id and key, which are new: many in a statement. Where one of them is
// there already nothing is stored, and insert.ts has to look at each.
import type { Instant } from "../../model/time.js";
import { startOf } from "../submit-replay.js";
import type { FastGroup, Own } from "./fast-groups.js";
import type { InsertEffects } from "./insert-effects.js";
import type { Placement } from "./placement.js";
import type { Transactions, Writer } from "./transaction.js";

export function createInsertFast(
  { rowBuffer }: Writer,
  transactions: Transactions,
  placement: Placement,
  effects: InsertEffects,
) {
  function store(groups: readonly FastGroup[], now: Instant): Instant {
    const mark = placement.mark();
    const stored = groups.map((group) => {
      const runAt = startOf(group, now);
      add(group, runAt, now);
      effects.count(group, group.own.length);
      if (effects.listening) noteAll(group, runAt, now);
      return { queue: group.queue, taskType: group.taskType, runAt };
    });
    placement.allSince(mark, stored, now);
    effects.addQueues(groups, now);
    return now;
  }

  function add(group: FastGroup, runAt: Instant | null, now: Instant): void {
    const { queue, taskType, priority, maxAttempts, timeout, own, digests, tags } = group;
    const lane = { queue, taskType, priority };
    const common = { ...lane, maxAttempts, timeout, createdAt: now, runAt, retryOf: null };
    for (const row of own) rowBuffer.addTask(row, common);
    if (digests.length > 0) addKeys(own, digests);
    if (tags) for (const row of tags) rowBuffer.addTag(row);
    if (rowBuffer.flush() < own.length + digests.length) throw new Repeated();
  }

  function addKeys(own: readonly Own[], digests: readonly string[]): void {
    let position = 0;
    for (const [id, , , key] of own) {
      if (key !== null) rowBuffer.addReplay([key, id, digests[position++] ?? ""]);
    }
  }

  function noteAll(group: FastGroup, runAt: Instant | null, now: Instant): void {
    const { queue, taskType, priority, maxAttempts, timeout } = group;
    for (const [id, options] of group.own) {
      const own = { id, ...(options !== null && { options }) };
      effects.note({ queue, taskType, priority, maxAttempts, timeout, ...own }, runAt, now);
    }
  }

  /** The moment at which all were stored, or undefined where nothing was, because an id or a key is there already. */
  return function insertFast(groups: readonly FastGroup[]): Instant | undefined {
    try {
      return transactions.run((now) => store(groups, now));
    } catch (error) {
      if (error instanceof Repeated) return undefined;
      throw error;
    }
  };
}

/** An id or a key is stored already. Rolls the transaction back. */
class Repeated extends Error {
  override readonly name = "Repeated";
}
