// Every attempt runs with the parameters of the last edit that was acknowledged: an edit succeeds only before the first start.
import type { History, Violation } from "../history.js";
import { know } from "./known.js";

export function edits(history: History): readonly Violation[] {
  const { runs } = know(history);
  return history.calls.flatMap((call): readonly Violation[] => {
    if (call.kind !== "edit" || call.phase !== "ok" || call.answer !== "edited") return [];
    const older = (runs.get(call.id) ?? []).find((run) => run.edit < call.number);
    if (!older) return [];
    const detail = `${call.id} ran with edit ${older.edit} although edit ${call.number} was acknowledged`;
    return [{ rule: "an edit is observed", detail }];
  });
}
