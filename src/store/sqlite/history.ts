// The parts of one task: attempts, log lines, artifacts. Reads only; settling and reports write them.
import type { Database } from "better-sqlite3";
import type { TaskId } from "../../model/id.js";
import type { Json } from "../../model/json.js";
import type { Artifact, ArtifactId, Attempt, StoredLogLine } from "../../model/task.js";
import type { LogPage } from "../store.js";
import { readError, readStages } from "../task-row.js";

// All of these are ranges of one task.
const ATTEMPTS = `
SELECT attempt, worker, started_at AS startedAt, ended_at AS endedAt, outcome, error, stages
FROM attempt WHERE task_id = ? ORDER BY seq`;

const LOGS = `
SELECT seq, attempt, at, level, message, fields FROM log WHERE task_id = ? AND seq > ? ORDER BY seq LIMIT ?`;

const ARTIFACT = `
SELECT id, task_id AS taskId, attempt, created_at AS createdAt, name, media_type AS mediaType,
  size_bytes AS sizeBytes, sha256
FROM artifact`;
const ARTIFACTS_OF_TASK = `${ARTIFACT} WHERE task_id = ? ORDER BY rowid`;
const ONE_ARTIFACT = `${ARTIFACT} WHERE id = ?`;

interface AttemptRow extends Omit<Attempt, "error" | "stages"> {
  readonly error: Json | null;
  readonly stages: Json | null;
}

interface LogRow extends Omit<StoredLogLine, "fields"> {
  readonly fields: Json | null;
}

export function createHistory(database: Database) {
  const selectAttempts = database.prepare<[string], AttemptRow>(ATTEMPTS);
  const selectLogs = database.prepare<[string, number, number], LogRow>(LOGS);
  const selectArtifacts = database.prepare<[string], Artifact>(ARTIFACTS_OF_TASK);
  const selectArtifact = database.prepare<[string], Artifact>(ONE_ARTIFACT);
  return {
    attempts(id: TaskId): readonly Attempt[] {
      return selectAttempts
        .all(id)
        .map((row) => ({ ...row, error: readError(row.error), stages: readStages(row.stages) }));
    },
    logs(id: TaskId, page: { readonly after: number; readonly limit: number }): LogPage {
      const rows = selectLogs.all(id, page.after, page.limit + 1);
      const lines = rows.slice(0, page.limit).map((row) => ({ ...row, fields: row.fields ?? undefined }));
      return { lines, more: rows.length > page.limit };
    },
    artifacts(id: TaskId): readonly Artifact[] {
      return selectArtifacts.all(id);
    },
    artifact(id: ArtifactId): Artifact | undefined {
      return selectArtifact.get(id);
    },
  };
}
