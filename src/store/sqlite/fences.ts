// Fences that only ever grow: over kill -9, because a block is reserved on disk before a number of it is given out; and
// in a database restored from a backup, because a block begins no lower than the wall clock says.
import type { Database } from "better-sqlite3";
import type { Instant } from "../../model/time.js";
import { lowestFence } from "../fence.js";

const BLOCK = 1_000_000;

export interface Fences {
  /** Makes sure that `count` fences are available. Call it outside a transaction: a rollback must not take a block back. */
  provide(count: number, now: Instant): void;
  next(): number;
}

// A single row by its primary key.
const RESERVE = "UPDATE meta SET value = max(value, ?) + ? WHERE name = 'fences_reserved' RETURNING value";

export function createFences(database: Database): Fences {
  const reserve = database.prepare<[number, number], number>(RESERVE).pluck();
  let last = 0;
  let reserved = 0;
  return {
    provide(count, now) {
      if (last + count <= reserved) return;
      const block = Math.max(BLOCK, count);
      const end = reserve.get(lowestFence(now), block);
      if (end === undefined) throw new Error("meta has no row for fences");
      // What was left of the block before is skipped.
      if (end - block !== reserved) last = end - block;
      reserved = end;
    },
    next() {
      return ++last;
    },
  };
}
