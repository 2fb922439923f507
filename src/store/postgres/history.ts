// The parts of one task: attempts, log lines, artifacts. Reads only; settling and reports write them.
import { isUuid, type TaskId } from "../../model/id.js";
import type { Json } from "../../model/json.js";
import type { Artifact, ArtifactId, Attempt, StoredLogLine } from "../../model/task.js";
import type { LogPage } from "../store.js";
import { readError, readStages } from "../task-row.js";
import type { Database } from "./database.js";

// All of these are ranges of one task.
const ATTEMPTS = `
SELECT attempt, worker, started_at AS "startedAt", ended_at AS "endedAt", outcome, error, stages
FROM taskwright.attempt WHERE task_id = $1 ORDER BY seq`;

const LOGS = `
SELECT seq, attempt, at, level, message, fields FROM taskwright.log WHERE task_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`;

const ARTIFACT = `
SELECT id, task_id AS "taskId", attempt, created_at AS "createdAt", name, media_type AS "mediaType",
  size_bytes AS "sizeBytes", sha256
FROM taskwright.artifact`;
const ARTIFACTS_OF_TASK = `${ARTIFACT} WHERE task_id = $1 ORDER BY seq`;
const ONE_ARTIFACT = `${ARTIFACT} WHERE id = $1`;

interface AttemptRow extends Omit<Attempt, "error" | "stages"> {
  readonly error: Json | null;
  readonly stages: Json | null;
}

interface LogRow extends Omit<StoredLogLine, "fields"> {
  readonly fields: Json | null;
}

export function createHistory({ query }: Database) {
  return {
    async attempts(id: TaskId): Promise<readonly Attempt[]> {
      const rows = isUuid(id) ? await query<AttemptRow>(ATTEMPTS, [id]) : [];
      return rows.map((row) => ({ ...row, error: readError(row.error), stages: readStages(row.stages) }));
    },
    async logs(id: TaskId, page: { readonly after: number; readonly limit: number }): Promise<LogPage> {
      const rows = isUuid(id) ? await query<LogRow>(LOGS, [id, page.after, page.limit + 1]) : [];
      const lines = rows.slice(0, page.limit).map((row) => ({ ...row, fields: row.fields ?? undefined }));
      return { lines, more: rows.length > page.limit };
    },
    async artifacts(id: TaskId): Promise<readonly Artifact[]> {
      return isUuid(id) ? query<Artifact>(ARTIFACTS_OF_TASK, [id]) : [];
    },
    async artifact(id: ArtifactId): Promise<Artifact | undefined> {
      const [found] = isUuid(id) ? await query<Artifact>(ONE_ARTIFACT, [id]) : [];
      return found;
    },
  };
}
