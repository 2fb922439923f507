// Every task ends, in one place, once, and the counters say so.
import { isFinished, STATUSES } from "../../src/model/status.js";
import type { Counts, History, Violation } from "../history.js";
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

function counters(history: History): readonly Violation[] {
  const lane = (queue: string, taskType: string) => `${queue}, ${taskType}`;
  const counted = new Map(history.totals.map((one) => [lane(one.queue, one.taskType), one.counts]));
  const there = new Map<string, Record<keyof Counts, number>>();
  for (const { queue, taskType, done } of history.tasks) {
    const key = lane(queue, taskType);
    const counts = there.get(key) ?? { PENDING: 0, RUNNING: 0, SUCCESS: 0, FAILED: 0, CANCELLED: 0 };
    // What has not ended is a violation of its own.
    if (done) counts[done.status]++;
    there.set(key, counts);
  }
  return [...new Set([...counted.keys(), ...there.keys()])].flatMap((key) =>
    STATUSES.flatMap((status) => {
      const says = counted.get(key)?.[status] ?? 0;
      const is = there.get(key)?.[status] ?? 0;
      if (says === is) return [];
      return [{ rule: "counters agree", detail: `${key}: ${says} ${status} by the counter, ${is} rows` }];
    }),
  );
}
