// Reports when something was stored that time will change, so that the promoter knows of it without polling.
import type { NewTask } from "../model/task.js";
import type { Store } from "../store/store.js";
import { wrapStore } from "../store/wrap-store.js";

/** The same store; `scheduled` is called after a commit that put a task off, or gave it a deadline. */
export function tellScheduled(store: Store, scheduled: () => void): Store {
  return wrapStore(store, {
    async insert(call, tasks) {
      const answers = await call();
      if (tasks.some(waitsForTime)) scheduled();
      return answers;
    },
    async commitRecords(call, changes) {
      const answers = await call();
      if (changes.some(({ tasks = [] }) => tasks.some(waitsForTime))) scheduled();
      return answers;
    },
    async edit(call, _id, { start, expiresIn }) {
      const answer = await call();
      if ((start !== undefined && start !== "now") || typeof expiresIn === "number") scheduled();
      return answer;
    },
    async turn(call, request) {
      const answer = await call();
      if (request.outcomes.some((outcome) => outcome.to === "PENDING" && outcome.in > 0)) scheduled();
      return answer;
    },
  });
}

function waitsForTime({ start, expiresIn }: NewTask): boolean {
  return start !== "now" || expiresIn !== undefined;
}
