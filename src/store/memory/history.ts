// The parts of one task: attempts, log lines, artifacts. Reads only; settling.ts writes them.
import type { TaskId } from "../../model/id.js";
import type { Artifact, ArtifactId, Attempt } from "../../model/task.js";
import type { LogPage } from "../store.js";
import type { State } from "./state.js";

export function attempts(state: State, id: TaskId): readonly Attempt[] {
  return [...(state.attempts.get(id) ?? [])];
}

export function logs(
  state: State,
  id: TaskId,
  page: { readonly after: number; readonly limit: number },
): LogPage {
  const further = (state.logs.get(id) ?? []).slice(page.after);
  return { lines: further.slice(0, page.limit), more: further.length > page.limit };
}

export function artifacts(state: State, id: TaskId): readonly Artifact[] {
  return [...(state.artifacts.get(id) ?? [])];
}

export function artifact(state: State, id: ArtifactId): Artifact | undefined {
  return [...state.artifacts.values()].flat().find((candidate) => candidate.id === id);
}
