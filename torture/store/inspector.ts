// What the harness asks the database itself, past the product: the same questions on SQLite and PostgreSQL.
import type { Status } from "../../src/model/status.js";
import type { Lane, Misplaced, StoredTask } from "../history.js";

export interface Inspector {
  /** Tasks that are not in exactly one place, as one snapshot has it. Throws while the database is away. */
  misplaced(): Promise<readonly Misplaced[]>;
  /** Tasks by where they lie. Throws while the database is away. */
  counts(): Promise<{ readonly waiting: number; readonly running: number; readonly finished: number }>;
  /** Everything, at the end. */
  tasks(): Promise<readonly StoredTask[]>;
  totals(): Promise<readonly Lane[]>;
  close(): Promise<void>;
}

/** Runs one statement without parameters. */
export type Ask = <Row extends object>(sql: string) => Promise<readonly Row[]>;

/** Where a task can lie; what a schema does not have yet is left out. */
const PLACES = ["ready", "scheduled", "running", "blocked", "done"] as const;

/** `tables`: those of the schema. `counters`: tables whose rows together count the tasks of a lane. */
export function inspectorOf(
  ask: Ask,
  tables: readonly string[],
  counters: readonly string[],
): Omit<Inspector, "close"> {
  const places = PLACES.filter((place) => tables.includes(place));
  const lie = places.map((place) => `SELECT id, '${place}' AS place FROM ${place}`).join(" UNION ALL ");
  const misplaced = `
WITH lie AS (${lie})
SELECT id, string_agg(place, ',') AS places FROM lie GROUP BY id HAVING count(*) <> 1
UNION ALL SELECT t.id, '' FROM task t WHERE NOT EXISTS (SELECT 1 FROM lie WHERE lie.id = t.id)
UNION ALL SELECT lie.id, 'no task,' || place FROM lie WHERE NOT EXISTS (SELECT 1 FROM task t WHERE t.id = lie.id)`;
  const counts = places.map((place) => `SELECT '${place}' AS place, count(*) AS count FROM ${place}`);
  const counted = counters.map(
    (table) => `SELECT queue, task_type, pending, running, success, failed, cancelled FROM ${table}`,
  );

  return {
    async misplaced() {
      const rows = await ask<{ id: string; places: string }>(misplaced);
      return rows.map((row) => ({ id: row.id, places: row.places.split(",").filter(Boolean) }));
    },
    async counts() {
      const rows = await ask<{ place: string; count: number }>(counts.join(" UNION ALL "));
      const of = (...names: readonly string[]) =>
        rows.filter((row) => names.includes(row.place)).reduce((sum, row) => sum + row.count, 0);
      return {
        waiting: of("ready", "scheduled", "blocked"),
        running: of("running"),
        finished: of("done"),
      };
    },
    async tasks() {
      const lines = grouped(await ask<PartRow>(LINES));
      const artifacts = grouped(await ask<PartRow>(ARTIFACTS));
      return (await ask<TaskRow>(TASKS)).map((row) => toTask(row, lines, artifacts));
    },
    async totals() {
      const rows = await ask<TotalRow>(
        `SELECT queue, task_type, sum(pending) AS "PENDING", sum(running) AS "RUNNING", sum(success) AS "SUCCESS",
          sum(failed) AS "FAILED", sum(cancelled) AS "CANCELLED"
        FROM (${counted.join(" UNION ALL ")}) c GROUP BY queue, task_type`,
      );
      return rows.map(({ queue, task_type, ...sums }) => ({
        queue,
        taskType: task_type,
        counts: {
          PENDING: Number(sums.PENDING),
          RUNNING: Number(sums.RUNNING),
          SUCCESS: Number(sums.SUCCESS),
          FAILED: Number(sums.FAILED),
          CANCELLED: Number(sums.CANCELLED),
        },
      }));
    },
  };
}

const TASKS = `
SELECT t.id, t.task_type, t.queue, t.max_attempts, t.parameters, d.status, d.fence, d.attempt, d.crashes, d.error,
  d.result_data, d.progress_message, d.reason, d.completed_at, t.created_at, t.options,
  coalesce((SELECT min(a.started_at) FROM attempt a WHERE a.task_id = t.id), d.started_at) AS started_at, (SELECT count(*) FROM attempt a WHERE a.task_id = t.id) AS attempts
FROM task t LEFT JOIN done d ON d.id = t.id`;

// Of the one type that says something worth checking.
const LINES = `
SELECT l.task_id AS id, l.message AS text FROM log l JOIN task t ON t.id = l.task_id
WHERE t.task_type = 'chatty' ORDER BY l.task_id, l.seq`;
const ARTIFACTS = `
SELECT a.task_id AS id, a.name AS text FROM artifact a JOIN task t ON t.id = a.task_id WHERE t.task_type = 'chatty'`;

interface PartRow {
  readonly id: string;
  readonly text: string;
}

type Parts = ReadonlyMap<string, readonly string[]>;

function grouped(rows: readonly PartRow[]): Parts {
  const found = new Map<string, string[]>();
  for (const { id, text } of rows) {
    const texts = found.get(id);
    if (texts) texts.push(text);
    else found.set(id, [text]);
  }
  return found;
}

type TotalRow = { readonly queue: string; readonly task_type: string } & Readonly<
  Record<Status, number | string>
>;

interface TaskRow {
  readonly id: string;
  readonly task_type: string;
  readonly queue: string;
  readonly max_attempts: number;
  readonly parameters: string;
  readonly status: Status | null;
  readonly fence: number | null;
  readonly attempt: number | null;
  readonly crashes: number | null;
  readonly error: string | null;
  readonly result_data: string | null;
  readonly progress_message: string | null;
  readonly attempts: number;
  readonly reason: string | null;
  readonly completed_at: number | null;
  readonly created_at: number;
  readonly options: string | null;
  readonly started_at: number | null;
}

function toTask(row: TaskRow, lines: Parts, artifacts: Parts): StoredTask {
  // Our own task types wrote them.
  const parameters: { token: string; failures?: number; lines?: number } = JSON.parse(row.parameters);
  const error: { name: string } | undefined = row.error === null ? undefined : JSON.parse(row.error);
  const result: { fence: number; artifacts?: readonly string[] } | undefined =
    row.result_data === null ? undefined : JSON.parse(row.result_data);
  const { expiresIn }: { expiresIn?: number } = row.options === null ? {} : JSON.parse(row.options);
  return {
    id: row.id,
    taskType: row.task_type,
    queue: row.queue,
    maxAttempts: row.max_attempts,
    token: parameters.token,
    failures: parameters.failures ?? 0,
    attempts: row.attempts,
    ...(parameters.lines !== undefined && {
      said: {
        lineCount: parameters.lines,
        artifactNames: result?.artifacts ?? [],
        lines: lines.get(row.id) ?? [],
        artifacts: artifacts.get(row.id) ?? [],
        progressMessage: row.progress_message ?? undefined,
      },
    }),
    ...(expiresIn !== undefined && {
      deadline: { at: row.created_at + expiresIn, startedAt: row.started_at ?? undefined },
    }),
    ...(row.status !== null && {
      done: {
        status: row.status,
        at: row.completed_at ?? 0,
        ...(row.reason !== null && { reason: row.reason }),
        fence: row.fence ?? 0,
        attempt: row.attempt ?? 0,
        crashes: row.crashes ?? 0,
        ...(error && { error: error.name }),
        ...(result && { resultFence: result.fence }),
      },
    }),
  };
}
