// What a settle answers for a task that no longer runs under its fence: the same as the first time, or 'stale'. Reads only.
import type { FinishedStatus } from "../../model/status.js";
import type { Hold, Settled } from "../../model/task.js";
import type { Writer } from "./transaction.js";

// The last word under a fence: three seeks by primary key.
export const REPLAYED = `
SELECT d.status, d.fence AS doneFence, r.id IS NOT NULL AS isRunning, c.fence AS carryFence
FROM (SELECT ? AS id) q
LEFT JOIN done d ON d.id = q.id LEFT JOIN running r ON r.id = q.id LEFT JOIN carry c ON c.id = q.id`;

interface ReplayedRow {
  readonly status: FinishedStatus | null;
  readonly doneFence: number | null;
  readonly isRunning: number;
  readonly carryFence: number | null;
}

export function createSettleReplay({ database, rowBuffer }: Writer): (hold: Hold) => Settled {
  const selectReplayed = database.prepare<[string], ReplayedRow>(REPLAYED);
  return ({ id, fence }) => {
    rowBuffer.flush();
    const row = selectReplayed.get(id);
    if (row?.status && row.doneFence === fence) return row.status;
    const handedBack = row?.status === null && row.isRunning === 0 && row.carryFence === fence;
    return handedBack ? "PENDING" : "stale";
  };
}
