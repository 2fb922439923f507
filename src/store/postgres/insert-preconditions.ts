// What keeps a task from being stored: its replay key, a retry before it, a file that is missing. Rows that decide are held
// still until the transaction ends. Nothing is asked for tasks that have none of these.
import { isUuid, type TaskId } from "../../model/id.js";
import type { FileId, NewTask } from "../../model/task.js";
import type { InsertAnswer } from "../store.js";
import type { Query } from "./database.js";

// By primary key, in order. Two who retry the same task come one after the other.
const HOLD_RETRIED = "SELECT id FROM taskwright.task WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE";

// The ends of ranges of task_by_retry_of.
const NEWEST_RETRIES = `
SELECT q.id AS "retryOf", n.id FROM unnest($1::uuid[]) AS q (id) CROSS JOIN LATERAL (
  SELECT t.id FROM taskwright.task t WHERE t.retry_of = q.id ORDER BY t.id DESC LIMIT 1
) n`;

// Two who bring the same key come one after the other: the second waits here for the first.
const CLAIM_KEYS = `
INSERT INTO taskwright.replay (key, id, digest)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[]) AS s (key, id, digest) ORDER BY key
ON CONFLICT (key) DO NOTHING RETURNING key`;
const KEYS = "SELECT key, id, digest FROM taskwright.replay WHERE key = ANY ($1::text[])";
const DROP_KEYS = "DELETE FROM taskwright.replay WHERE key = ANY ($1::text[])";
const ADD_KEYS = `
INSERT INTO taskwright.replay (key, id, digest) SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[])`;

const STORED_IDS = "SELECT id FROM taskwright.task WHERE id = ANY ($1::uuid[])";

// Against expiry: it can't end a file that is held, and what it has ended is not found.
export const HOLD_FILES = `
SELECT id FROM taskwright.file WHERE id = ANY ($1::uuid[]) AND state = 'complete' ORDER BY id FOR SHARE`;

export const USE_FILES = `
INSERT INTO taskwright.file_use (task_id, file_id) SELECT * FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT DO NOTHING`;

interface Known {
  readonly id: TaskId;
  readonly digest: string;
}

/** What becomes of each task, by position: stored, compared with the one stored under its id, or refused. */
export type Verdict = "store" | "compare" | InsertAnswer;

export interface Admission {
  judge(task: NewTask): Verdict;
  /** Keeps the keys of tasks that were stored, and gives back the others. */
  keepKeys(stored: ReadonlySet<TaskId>): Promise<void>;
}

export async function admit(query: Query, tasks: readonly NewTask[]): Promise<Admission> {
  const special = tasks.filter(({ retryOf, replay, files }) => retryOf ?? replay ?? files);
  const retried = distinct(special.map((task) => task.retryOf));
  const files = distinct(special.flatMap((task) => task.files ?? [])).filter(isUuid);
  const firstByKey = new Map<string, NewTask>();
  for (const task of special) {
    if (task.replay && !firstByKey.has(task.replay.key)) firstByKey.set(task.replay.key, task);
  }
  const keys = [...firstByKey.keys()];
  const claims = [...firstByKey.values()];

  // One after the other in the database, and one round trip.
  const [, newest, claimed, known, stored, complete] = await Promise.all([
    retried.length > 0 ? query(HOLD_RETRIED, [retried]) : [],
    retried.length > 0 ? query<{ retryOf: TaskId; id: TaskId }>(NEWEST_RETRIES, [retried]) : [],
    keys.length > 0
      ? query<{ key: string }>(CLAIM_KEYS, [
          keys,
          claims.map((task) => task.id),
          claims.map((task) => task.replay?.digest),
        ])
      : [],
    keys.length > 0 ? query<Known & { key: string }>(KEYS, [keys]) : [],
    special.length > 0 ? query<{ id: TaskId }>(STORED_IDS, [distinct(special.map((task) => task.id))]) : [],
    files.length > 0 ? query<{ id: FileId }>(HOLD_FILES, [files]) : [],
  ]);
  const ours = new Set(claimed.map((row) => row.key));
  const byKey = new Map<string, Known>(
    known.filter((row) => !ours.has(row.key)).map((row) => [row.key, row]),
  );
  const newestRetry = new Map(newest.map((row) => [row.retryOf, row.id]));
  const ids = new Set(stored.map((row) => row.id));
  const usable = new Set(complete.map((row) => row.id));
  const accepted = new Map<string, NewTask>();

  function refuse({ id, retryOf, again, replay, files: named }: NewTask): Verdict | undefined {
    const holder = replay && byKey.get(replay.key);
    if (holder) {
      return { outcome: holder.digest === replay?.digest ? "replayed" : "conflict", id: holder.id };
    }
    if (ids.has(id)) return "compare";
    const retry = retryOf === undefined || again ? undefined : newestRetry.get(retryOf);
    if (retry !== undefined) return { outcome: "already_retried", id: retry };
    const fileId = named?.find((file) => !usable.has(file));
    return fileId === undefined ? undefined : { outcome: "missing_file", id, fileId };
  }

  return {
    judge(task) {
      const refused = refuse(task);
      if (refused) return refused;
      const { id, retryOf, replay } = task;
      ids.add(id);
      if (retryOf !== undefined && id > (newestRetry.get(retryOf) ?? "")) newestRetry.set(retryOf, id);
      if (replay) {
        byKey.set(replay.key, { id, digest: replay.digest });
        accepted.set(replay.key, task);
      }
      return "store";
    },

    async keepKeys(storedNow) {
      const right = (key: string) => {
        const task = accepted.get(key);
        return task && storedNow.has(task.id) ? task : undefined;
      };
      const wrong = [...ours].filter((key) => {
        const task = right(key);
        const claim = firstByKey.get(key);
        return task === undefined || task.id !== claim?.id || task.replay?.digest !== claim.replay?.digest;
      });
      if (wrong.length === 0) return;
      await query(DROP_KEYS, [wrong]);
      const kept = wrong.flatMap((key) => right(key) ?? []);
      if (kept.length === 0) return;
      await query(ADD_KEYS, [
        kept.map((task) => task.replay?.key),
        kept.map((task) => task.id),
        kept.map((task) => task.replay?.digest),
      ]);
    },
  };
}

function distinct(values: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== undefined))].sort();
}
