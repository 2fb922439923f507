// Faults put into the program on purpose, one line each, to show that a run of torture notices them.
import type { Rule } from "../checks/rules.js";

/** One change to a source file. `find` must stand there exactly once. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  readonly name: string;
  /** The promise that it breaks. */
  readonly breaks: string;
  readonly edits: readonly Edit[];
  readonly store: "sqlite" | "postgres";
  /** Faults without which it does no harm. */
  readonly faults: readonly string[];
  readonly minutes: number;
  /** Mean time from one fault to the next, in seconds. Default 2. */
  readonly every?: number;
  /** One of these rules must be reported broken. */
  readonly rules: readonly Rule[];
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: "sqlite-acknowledged-submit-lost",
    breaks: "one submit in fifty is acknowledged and not stored",
    edits: [
      {
        file: "src/store/sqlite/insert-fast.ts",
        find: "return transactions.run((now) => store(groups, now));",
        replace: "return transactions.run((now) => (Math.random() < 0.02 ? now : store(groups, now)));",
      },
    ],
    store: "sqlite",
    faults: ["replies-lost"],
    minutes: 0.2,
    rules: ["nothing acknowledged is lost"],
  },
  {
    name: "sqlite-cancel-ignored",
    breaks: "a pending task is answered CANCELLED and runs all the same",
    edits: [
      {
        file: "src/store/sqlite/tasks.ts",
        find: "return row.isRunning === 1 ? cancelRunning(row, reason, now) : cancelPending(row, reason, now);",
        replace: 'return row.isRunning === 1 ? cancelRunning(row, reason, now) : { outcome: "cancelled" };',
      },
    ],
    store: "sqlite",
    faults: ["replies-lost"],
    minutes: 0.3,
    rules: ["what is cancelled stays so", "what is cancelled does not start"],
  },
  {
    name: "log-lines-dropped",
    breaks: "one line in twenty that a handler logs is dropped",
    edits: [
      {
        file: "src/worker/report-buffer.ts",
        find: "    this.#logBytes += bytes;\n    this.#logs.push(",
        replace: "    if (Math.random() < 0.05) return;\n    this.#logBytes += bytes;\n    this.#logs.push(",
      },
    ],
    store: "sqlite",
    faults: ["replies-lost"],
    minutes: 0.2,
    rules: ["what a handler logs is stored"],
  },
  {
    name: "artifacts-dropped",
    breaks: "every second artifact is stored and not listed",
    edits: [
      {
        file: "src/worker/report-buffer.ts",
        find: "    this.#report.artifacts = [...(this.#report.artifacts ?? []), artifact];",
        replace:
          "    if (Math.random() > 0.5) this.#report.artifacts = [...(this.#report.artifacts ?? []), artifact];",
      },
    ],
    store: "sqlite",
    faults: ["replies-lost"],
    minutes: 0.3,
    rules: ["a stored artifact is listed"],
  },
  {
    name: "last-progress-dropped",
    breaks: "one progress message in five is dropped",
    edits: [
      {
        file: "src/worker/report-buffer.ts",
        find: "    if (message !== undefined) {\n",
        replace: "    if (message !== undefined && Math.random() > 0.2) {\n",
      },
    ],
    store: "sqlite",
    faults: ["replies-lost"],
    minutes: 0.2,
    rules: ["the last progress stands"],
  },
  {
    name: "sqlite-checkpoint-forgotten",
    breaks: "a checkpoint is acknowledged and not stored",
    edits: [
      {
        file: "src/store/sqlite/reports.ts",
        find: "      keepCheckpoint.run(id, attempt - 1, crashes, fence, startedAt, report.checkpoint);\n",
        replace:
          "      if (Math.random() < 0.5) keepCheckpoint.run(id, attempt - 1, crashes, fence, startedAt, report.checkpoint);\n",
      },
    ],
    store: "sqlite",
    faults: ["server-kill"],
    minutes: 0.6,
    every: 8,
    rules: ["a stored checkpoint is found"],
  },
  {
    name: "postgres-counters-wrong",
    breaks: "every end counts as a success",
    edits: [
      {
        file: "src/store/postgres/ending.ts",
        find: "count(*) FILTER (WHERE status = 'SUCCESS') AS success",
        replace: "count(*) AS success",
      },
    ],
    store: "postgres",
    faults: ["sessions-end"],
    minutes: 0.2,
    rules: ["counters agree", "statistics agree"],
  },
  {
    name: "postgres-crash-counts-as-attempt",
    breaks: "the attempt of a worker that died is counted",
    edits: [
      {
        file: "src/store/postgres/work.ts",
        find: "worker = $1, crashes = r.crashes + 1\n",
        replace: "worker = $1, crashes = r.crashes + 1, attempt = r.attempt + 1\n",
      },
    ],
    store: "postgres",
    faults: ["worker-kill"],
    minutes: 0.6,
    every: 8,
    rules: ["a crash is not an attempt", "attempts are bounded"],
  },
  {
    name: "postgres-living-worker-taken-over",
    breaks: "a worker's tasks are taken over long before its lease ends: each runs twice at once",
    edits: [
      {
        file: "src/store/postgres/work.ts",
        find: "w.lease_until > ",
        replace: "w.lease_until - 14000 > ",
      },
    ],
    store: "postgres",
    // The next process of the killed worker looks for tasks to take over.
    faults: ["worker-kill"],
    minutes: 0.5,
    every: 6,
    rules: ["nothing runs twice without a cause", "one attempt at a time", "crashes have a cause"],
  },
  {
    name: "postgres-fence-ignored-in-settle",
    breaks: "the settle of a worker that lost its lease ends the task of the next one",
    edits: [
      {
        file: "src/store/postgres/ending.ts",
        find: "  WHERE r.id = s.id AND r.fence = s.fence\n  RETURNING r.id, r.fence, r.worker, r.queue, r.task_type, r.attempt, r.crashes, r.traits, r.ready_at",
        replace:
          "  WHERE r.id = s.id\n  RETURNING r.id, r.fence, r.worker, r.queue, r.task_type, r.attempt, r.crashes, r.traits, r.ready_at",
      },
      // What a worker holds for too long without an answer it releases, rather than ends.
      {
        file: "src/store/postgres/settle.ts",
        find: "  WHERE r.id = s.id AND r.fence = s.fence\n  RETURNING r.id, r.fence, r.worker, r.queue, r.task_type, r.attempt, r.crashes, r.traits |",
        replace:
          "  WHERE r.id = s.id\n  RETURNING r.id, r.fence, r.worker, r.queue, r.task_type, r.attempt, r.crashes, r.traits |",
      },
      // Outcomes of several kinds are looked up first.
      {
        file: "src/store/postgres/running.ts",
        find: "rows.filter((row) => fences.get(row.id) === row.fence)",
        replace: "rows.filter((row) => fences.has(row.id))",
      },
    ],
    store: "postgres",
    faults: ["statements-late"],
    minutes: 1.5,
    rules: ["no stale result stands", "a result has been worked for"],
  },
  {
    name: "postgres-edit-without-lock",
    breaks:
      "an edit looks whether the task has started, and then changes it without keeping it from starting",
    edits: [
      {
        file: "src/store/postgres/editing.ts",
        find: "    const { queue, taskType, priority, scheduledAt } = row;\n    const [taken]",
        replace:
          '    await query("UPDATE taskwright.task SET parameters = $2 WHERE id = $1", [id, patch.parameters]);\n' +
          '    if (patch.parameters) return { outcome: "edited" };\n' +
          "    const { queue, taskType, priority, scheduledAt } = row;\n    const [taken]",
      },
    ],
    store: "postgres",
    faults: ["database-slow"],
    minutes: 1,
    every: 6,
    rules: ["an edit is observed"],
  },
  {
    name: "sqlite-edit-of-parameters-dropped",
    breaks: "two edits in five are acknowledged and keep the old parameters",
    edits: [
      {
        file: "src/store/edit.ts",
        find: "parameters: patch.parameters ?? stored.parameters,",
        replace:
          "parameters: Math.random() < 0.4 ? stored.parameters : (patch.parameters ?? stored.parameters),",
      },
    ],
    store: "sqlite",
    faults: ["replies-lost"],
    minutes: 0.4,
    rules: ["an edit is observed"],
  },
];

/** The text with the edit done. Throws Error, with what to do, where the anchor is not there exactly once. */
export function applyEdit(text: string, { file, find, replace }: Edit): string {
  const places = text.split(find).length - 1;
  if (places === 1) return text.replace(find, () => replace);
  throw new Error(
    `${file} holds this anchor ${places} times instead of once; write the mutant anew for the code of today:\n${find}`,
  );
}
