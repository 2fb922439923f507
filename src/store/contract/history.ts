// The part of the store contract that reads what belongs to one task.
import type { TaskId } from "../../model/id.js";
import type { Artifact, ArtifactId, Attempt, StoredLogLine } from "../../model/task.js";

/** The parts of one task. */
export interface HistoryStore {
  /** Oldest first. Empty for a task that succeeded at once. */
  attempts(id: TaskId): Promise<readonly Attempt[]>;
  /** Lines after `after` (a seq, 0 for the beginning), oldest first. Those over LIMITS.logLines were not kept. */
  logs(id: TaskId, page: { readonly after: number; readonly limit: number }): Promise<LogPage>;
  /** Oldest first. */
  artifacts(id: TaskId): Promise<readonly Artifact[]>;
  artifact(id: ArtifactId): Promise<Artifact | undefined>;
}

export interface LogPage {
  readonly lines: readonly StoredLogLine[];
  readonly more: boolean;
}
