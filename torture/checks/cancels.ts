// Cancel stops the work: what was cancelled while it waited never runs, and what was told to stop does not start again.
import type { Cancel, History, Violation } from "../history.js";
import { type Known, know } from "./known.js";

export function cancels(history: History): readonly Violation[] {
  const known = know(history);
  return [...known.cancels.values()].flat().flatMap((call) => {
    if (call.phase !== "ok" || call.answer === "finished") return [];
    if (call.answer === "ignored") {
      return [
        { rule: "what is cancelled stays so", detail: `${call.id} is PENDING in the answer to its cancel` },
      ];
    }
    return [...ended(known, call, call.answer), ...startedAgain(known, call, call.answer)];
  });
}

type Answer = "cancelled" | "requested";

function ended({ tasks }: Known, { id }: Cancel, answer: Answer): readonly Violation[] {
  const status = tasks.get(id)?.done?.status;
  if (answer === "requested" || status === undefined || status === "CANCELLED") return [];
  return [{ rule: "what is cancelled stays so", detail: `${id} was CANCELLED and is ${status}` }];
}

function startedAgain(known: Known, { id, to }: Cancel, answer: Answer): readonly Violation[] {
  const later = (known.runs.get(id) ?? []).filter(
    // One that was frozen before it began may begin when it wakes; its fence is stale by then.
    (run) => run.from > to && !known.mayHaveLostLease(run.process, 0, run.from),
  );
  // Who held it then may not have begun yet.
  const allowed = answer === "requested" ? 1 : 0;
  if (later.length <= allowed) return [];
  const detail = `${id} began ${later.length} times after its cancel was answered`;
  return [{ rule: "what is cancelled does not start", detail }];
}
