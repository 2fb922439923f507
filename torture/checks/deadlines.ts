// A task that expires never starts late, and ends only once it is late.
import type { History, Violation } from "../history.js";
import { know } from "./known.js";

export function deadlines(history: History): readonly Violation[] {
  const { runs } = know(history);
  return history.tasks.flatMap(({ id, deadline, done }): readonly Violation[] => {
    if (deadline?.startedAt !== undefined && deadline.startedAt >= deadline.at) {
      const late = deadline.startedAt - deadline.at;
      return [{ rule: "what is late does not start", detail: `${id} started ${late} ms after its deadline` }];
    }
    if (done?.reason !== "expired") return [];
    if (deadline === undefined || done.at < deadline.at) {
      return [{ rule: "only what is late expires", detail: `${id} expired before its deadline` }];
    }
    return runs.has(id) ? [{ rule: "what is late does not start", detail: `${id} expired, and ran` }] : [];
  });
}
