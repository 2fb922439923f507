// What a settle answers for tasks that run no longer under its fence: the same as when it was said first, or 'stale'. Reads only.
import { isUuid, type TaskId } from "../../model/id.js";
import type { FinishedStatus } from "../../model/status.js";
import type { Hold, Settled } from "../../model/task.js";
import type { Query } from "./database.js";

// The last word under a fence, where the task is no longer running under it: three seeks by primary key. What the same
// transaction claimed waited when the outcomes were said.
const REPLAYED = `
SELECT q.id, d.status, d.fence AS "doneFence", r.id IS NOT NULL AS "isRunning", c.fence AS "carryFence"
FROM unnest($1::uuid[]) AS q (id) LEFT JOIN taskwright.done d ON d.id = q.id
LEFT JOIN taskwright.running r ON r.id = q.id AND r.fence <> ALL ($2::bigint[])
LEFT JOIN taskwright.carry c ON c.id = q.id`;

interface ReplayedRow {
  readonly id: TaskId;
  readonly status: FinishedStatus | null;
  readonly doneFence: number | null;
  readonly isRunning: boolean;
  readonly carryFence: number | null;
}

/** What is said of tasks that run no longer under that fence. `justClaimed`: what this very transaction handed out. */
export async function replayed(
  query: Query,
  holds: readonly Hold[],
  justClaimed: readonly Hold[],
): Promise<readonly Settled[]> {
  const ids = holds.map((hold) => hold.id).filter(isUuid);
  const fences = justClaimed.map((hold) => hold.fence);
  const rows = ids.length === 0 ? [] : await query<ReplayedRow>(REPLAYED, [ids, fences]);
  const found = new Map(rows.map((row) => [row.id, row]));
  return holds.map(({ id, fence }) => {
    const row = found.get(id);
    if (!row) return "stale";
    if (row.status !== null) return row.doneFence === fence ? row.status : "stale";
    return !row.isRunning && row.carryFence === fence ? "PENDING" : "stale";
  });
}
