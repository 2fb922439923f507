// Every task ends, in one place, once, and the counters say so.
import { isFinished, STATUSES, type Status } from "../../src/model/status.js";
import type { Counts, History, Lane, Violation } from "../history.js";
import { know } from "./known.js";

export function finished(history: History): readonly Violation[] {
  return [...ends(history), ...places(history), ...observations(history), ...counters(history)];
}

function ends({ tasks }: History): readonly Violation[] {
  return tasks
    .filter((task) => !task.done)
    .map((task) => ({ rule: "every task ends", detail: `${task.id} (${task.taskType}) has not ended` }));
}

function places({ misplaced }: History): readonly Violation[] {
  return misplaced.map(({ id, places: seen, second }) => {
    const where = seen.length === 0 ? "lies nowhere" : `lies in ${seen.join(" and ")}`;
    const when = second === undefined ? "at the end" : `in second ${second}`;
    return { rule: "one place at a time", detail: `${id} ${where} ${when}` };
  });
}

/** What a caller once saw finished stays as it was seen, and what was acknowledged is found. */
function observations(history: History): readonly Violation[] {
  const { tasks } = know(history);
  return history.calls.flatMap((call): readonly Violation[] => {
    if (call.kind !== "read") return [];
    if (call.phase === "fail") {
      return [
        { rule: "what is acknowledged can be read", detail: `reading ${call.id} was refused (${call.code})` },
      ];
    }
    const now = tasks.get(call.id)?.done?.status;
    if (call.phase === "info" || !isFinished(call.status) || now === undefined || now === call.status)
      return [];
    return [{ rule: "finished once", detail: `${call.id} was ${call.status} and became ${now}` }];
  });
}

/** What has not ended is counted as one: which of the two it is changes all the time. */
const FINISHED_OR_NOT = STATUSES.filter((status) => status !== "RUNNING");

function count(counts: Counts | undefined, status: Status): number {
  if (!counts) return 0;
  return status === "PENDING" ? counts.PENDING + counts.RUNNING : counts[status];
}

function counters(history: History): readonly Violation[] {
  return [
    ...compareCounts(history, history.totals, "counters agree", "the counter"),
    ...(history.stats ? compareCounts(history, history.stats, "statistics agree", "GET /api/stats") : []),
  ];
}

function compareCounts(
  history: History,
  totals: readonly Lane[],
  rule: "counters agree" | "statistics agree",
  source: string,
): readonly Violation[] {
  const lane = (queue: string, taskType: string) => `${queue}, ${taskType}`;
  const counted = new Map(totals.map((one) => [lane(one.queue, one.taskType), one.counts]));
  const there = new Map<string, Record<keyof Counts, number>>();
  for (const { queue, taskType, done } of history.tasks) {
    const key = lane(queue, taskType);
    const counts = there.get(key) ?? { PENDING: 0, RUNNING: 0, SUCCESS: 0, FAILED: 0, CANCELLED: 0 };
    counts[done?.status ?? "PENDING"]++;
    there.set(key, counts);
  }
  return [...new Set([...counted.keys(), ...there.keys()])].flatMap((key) =>
    FINISHED_OR_NOT.flatMap((status) => {
      const says = count(counted.get(key), status);
      const is = count(there.get(key), status);
      if (says === is) return [];
      return [{ rule, detail: `${key}: ${says} ${status} by ${source}, ${is} rows` }];
    }),
  );
}
