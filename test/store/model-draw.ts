// Makes real tasks, reports and outcomes of the drafts in random steps. Asks no store.
import { createIdSource, type TaskId } from "../../src/model/id.js";
import { writeOptions } from "../../src/model/options.js";
import type { ArtifactId, FileId, Hold, NewTask, Outcome, Report, TaskPatch } from "../../src/model/task.js";
import type { Instant } from "../../src/model/time.js";
import type { TaskFilter } from "../../src/store/store.js";
import { BOOM } from "./fixture.js";
import type { EditDraft, InsertDraft, OutcomeDraft, ReportDraft } from "./model-steps.js";

/** What came up so far, latest last. */
export interface Past {
  readonly began: Instant;
  readonly ids: readonly TaskId[];
  readonly files: readonly FileId[];
}

/** Ids that are the same in every run of the same steps. */
export function createPlainIds(now: () => Instant): () => string {
  return createIdSource(now, (bytes) => bytes.fill(0));
}

export function drawTask(id: TaskId, draft: InsertDraft, { began, ids, files }: Past): NewTask {
  const { start, again, keepCheckpoint, taskType, queue, priority, tags, summary, replay, expiresIn } = draft;
  const file = pick(files, draft.file);
  return {
    id,
    taskType,
    queue,
    priority,
    options: writeOptions({ tags, summary, expiresIn }),
    tags,
    expiresIn,
    replay,
    parameters: `{"n":${ids.length}}`,
    start: start !== "now" && "at" in start ? { at: began + start.at } : start,
    maxAttempts: 3,
    timeout: 60_000,
    retryOf: pick(ids, draft.retryOf),
    again,
    keepCheckpoint,
    files: file === undefined ? undefined : [file],
  };
}

export function drawPatch(draft: EditDraft, { began, files }: Pick<Past, "began" | "files">): TaskPatch {
  const { queue, priority, start, tags, summary, expiresIn, parameters } = draft;
  const file = parameters === undefined ? undefined : pick(files, draft.file);
  return {
    ...(queue !== undefined && { queue }),
    ...(priority !== undefined && { priority }),
    ...(start !== undefined && {
      start: start !== "now" && "at" in start ? { at: began + start.at } : start,
    }),
    ...(expiresIn !== undefined && { expiresIn }),
    ...(parameters !== undefined && { parameters }),
    ...(file !== undefined && { files: [file] }),
    options: {
      ...(tags !== undefined && { tags }),
      ...(summary !== undefined && { summary }),
      ...(expiresIn !== undefined && { expiresIn }),
    },
  };
}

export function drawReport(draft: ReportDraft, at: Instant, nextId: () => ArtifactId): Report {
  const { logs, artifacts, stages, ...rest } = draft;
  return {
    ...rest,
    stages: stages?.map((name) => ({ name, startedAt: at })),
    logs: Array.from({ length: logs }, (_, n) => ({ at, level: "info", message: `line ${n}` })),
    artifacts: Array.from({ length: artifacts }, () => ({
      id: nextId(),
      name: "out.csv",
      mediaType: "text/csv",
      sizeBytes: 1,
      sha256: "ab".repeat(32),
    })),
  };
}

export function drawOutcome(draft: OutcomeDraft, hold: Hold, report: Report | undefined): Outcome {
  const { to, resultData } = draft;
  const base = { ...hold, report };
  const error = draft.withError ? BOOM : undefined;
  if (to === "SUCCESS") return { ...base, to, resultData };
  if (to === "FAILED") return { ...base, to, error: BOOM, resultData };
  if (to === "CANCELLED") return { ...base, to, error, resultData };
  return { ...base, to, in: draft.in, refund: draft.refund, error };
}

/** A filter whose instants count from the beginning of the test, with instants. */
export function drawFilter(filter: TaskFilter, began: Instant): TaskFilter {
  const shift = (at: number | undefined) => (at === undefined ? undefined : began + at);
  return {
    ...filter,
    createdAfter: shift(filter.createdAfter),
    createdBefore: shift(filter.createdBefore),
    completedAfter: shift(filter.completedAfter),
    completedBefore: shift(filter.completedBefore),
  };
}

/** What came up so long ago, or undefined where nothing did. */
export function pick<T>(list: readonly T[], ago: number | undefined): T | undefined {
  return ago === undefined || list.length === 0 ? undefined : list.at(-1 - (ago % list.length));
}
