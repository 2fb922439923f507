// How finished tasks go: found first, then removed with all their parts.
import type { TaskId } from "../../model/id.js";
import type { ArtifactId } from "../../model/task.js";
import type { Millis } from "../../model/time.js";
import { byId, type State } from "./state.js";

export function expired(
  state: State,
  finishedFor: Millis,
  limit: number,
): readonly { readonly id: TaskId; readonly artifacts: readonly ArtifactId[] }[] {
  const before = state.clock.now() - finishedFor;
  return [...state.done]
    .filter(([, done]) => done.completedAt < before)
    .map(([id]) => id)
    .sort(byId)
    .slice(0, limit)
    .map((id) => ({ id, artifacts: (state.artifacts.get(id) ?? []).map((artifact) => artifact.id) }));
}

/** The timeline keeps what happened; totals count what is there. */
export function remove(state: State, ids: readonly TaskId[]): number {
  const finished = new Set(ids.filter((id) => state.done.has(id)));
  for (const id of finished) {
    for (const parts of [state.tasks, state.done, state.carry, state.attempts, state.logs, state.artifacts]) {
      parts.delete(id);
    }
  }
  return finished.size;
}
