// Stores what a running attempt reports: checkpoint, log lines, artifacts. Progress and stages go with the running row.
import type { TaskId } from "../../model/id.js";
import { LIMITS } from "../../model/limits.js";
import type { LogLine, NewArtifact, Report } from "../../model/task.js";
import type { Instant } from "../../model/time.js";
import type { RunningRow } from "../task-row.js";
import { hasTrait, TRAIT } from "../traits.js";
import type { Writer } from "./transaction.js";

// One row by primary key.
const KEEP_CHECKPOINT = `
INSERT INTO carry (id, attempt, crashes, fence, started_at, checkpoint) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET checkpoint = excluded.checkpoint`;

const MARK_CARRIED = `UPDATE running SET traits = traits | ${TRAIT.carried} WHERE id = ?`;

// The end of the task's range in the primary key.
const LAST_SEQ = "SELECT max(seq) FROM log WHERE task_id = ?";

const ADD_LINE =
  "INSERT INTO log (task_id, seq, attempt, at, level, message, fields) VALUES (?, ?, ?, ?, ?, ?, ?)";

// A replayed report names the same artifact again.
const ADD_ARTIFACT = `
INSERT INTO artifact (id, task_id, attempt, created_at, name, media_type, size_bytes, sha256)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`;

export function createReports({ database }: Writer) {
  const keepCheckpoint = database.prepare(KEEP_CHECKPOINT);
  const markCarried = database.prepare(MARK_CARRIED);
  const lastSeq = database.prepare<[string], number | null>(LAST_SEQ).pluck();
  const addLine = database.prepare(ADD_LINE);
  const addArtifact = database.prepare(ADD_ARTIFACT);

  /** Over the bound one last line says so, and the rest is dropped. */
  function addLines(id: TaskId, attempt: number, lines: readonly LogLine[], now: Instant): void {
    let seq = lastSeq.get(id) ?? 0;
    for (const line of lines) {
      if (seq > LIMITS.logLines) return;
      seq++;
      if (seq <= LIMITS.logLines) {
        addLine.run(id, seq, attempt, line.at, line.level, line.message, line.fields ?? null);
      } else {
        const message = `A task keeps ${LIMITS.logLines} log lines; further ones were dropped.`;
        addLine.run(id, seq, attempt, now, "warn", message, null);
      }
    }
  }

  function addArtifacts(id: TaskId, attempt: number, artifacts: readonly NewArtifact[], now: Instant): void {
    for (const { id: artifactId, name, mediaType, sizeBytes, sha256 } of artifacts) {
      addArtifact.run(artifactId, id, attempt, now, name, mediaType, sizeBytes, sha256);
    }
  }

  return {
    /** Answers whether the task has a carry row now. */
    store(id: TaskId, running: RunningRow, report: Report, now: Instant): boolean {
      const { attempt, crashes, fence, startedAt } = running;
      if (report.logs && report.logs.length > 0) addLines(id, attempt, report.logs, now);
      if (report.artifacts && report.artifacts.length > 0) addArtifacts(id, attempt, report.artifacts, now);
      if (report.checkpoint === undefined) return hasTrait(running.traits, "carried");
      keepCheckpoint.run(id, attempt - 1, crashes, fence, startedAt, report.checkpoint);
      if (!hasTrait(running.traits, "carried")) markCarried.run(id);
      return true;
    },
  };
}
