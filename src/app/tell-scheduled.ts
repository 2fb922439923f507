// Tells when a task was put off, so that whoever brings due tasks back knows of it without looking again and again.
import type { Store } from "../store/store.js";

/** The same store; `scheduled` is called after a commit that put a task off. */
export function tellScheduled(store: Store, scheduled: () => void): Store {
  return {
    ...store,
    async insert(tasks, options) {
      const answers = await store.insert(tasks, options);
      if (tasks.some(({ start }) => start !== "now")) scheduled();
      return answers;
    },
    async turn(request) {
      const answer = await store.turn(request);
      if (request.outcomes.some((outcome) => outcome.to === "PENDING" && outcome.in > 0)) scheduled();
      return answer;
    },
  };
}
