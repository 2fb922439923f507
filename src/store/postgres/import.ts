// Fills an empty schema from another store, step by step: what was written is noted in the same transaction, so that a move
// that was interrupted goes on where it stopped. Reads no other store, and runs no task.
import { StoreError } from "../store.js";
import { type Row, type Step, TRANSFER_TABLES, type TransferTable } from "../transfer.js";
import { createDatabase, type Database, type Query } from "./database.js";
import { toStoreError } from "./errors.js";
import { ADD_ROWS, COUNT_AND_DIGEST, rowsOf } from "./import-statements.js";
import { checkServer, migrateSchema, SCHEMA_VERSION } from "./migrations/migrate.js";
import { checkNames } from "./opening.js";

/** How a move began: in an empty schema, where an earlier one stopped, or anew because the source was written to since. */
export type Beginning = "anew" | "continued" | "over";

export interface Import {
  readonly beginning: Beginning;
  /** How far a table has come, so far. */
  progress(table: TransferTable): TableProgress;
  /** Writes rows behind those that are there. Throws StoreError; then none of them was written. */
  write(table: TransferTable, step: Step): Promise<void>;
  /** Counts fences on above this one, and artifacts and entries above those that are there; then lets PostgreSQL look at what it got. */
  settleIn(lastFence: number): Promise<void>;
  /** Rows behind one key up to another, or the end, in their neutral form. */
  digest(
    table: TransferTable,
    after: Row | undefined,
    until: Row | undefined,
  ): Promise<{ readonly rows: number; readonly digest: string }>;
  /** Opens the schema to servers and workers. */
  finish(): Promise<void>;
  /** Makes the next move of this source start over: what is here is not what was there. */
  giveUp(): Promise<void>;
  close(): Promise<void>;
}

export interface TableProgress {
  readonly rows: number;
  /** The key of the last row. */
  readonly last?: Row;
}

export interface ImportOptions {
  readonly url: string;
  readonly schema: string;
  /** Which store is moved, and what tells whether it was written to since. */
  readonly source: string;
  readonly state: string;
}

type Progress = Readonly<Record<string, TableProgress>>;

const IS_MOVING = "SELECT to_regclass('taskwright.move') IS NOT NULL AS found";
const MARKER = `
SELECT source, state, progress, (SELECT max(version) FROM taskwright.migration) AS version FROM taskwright.move`;
// One row: the mark that the schema is being filled, and how far it is. migrate.ts refuses other processes while it is there.
const ADD_MARKER =
  "CREATE TABLE taskwright.move (source text NOT NULL, state text NOT NULL, progress text NOT NULL)";
const MARK = "INSERT INTO taskwright.move (source, state, progress) VALUES ($1, $2, $3)";
const RENEW_MARKER = "UPDATE taskwright.move SET state = $1, progress = $2";
// It may run twice, where the answer to the first time was lost.
const DROP_MARKER = "DROP TABLE IF EXISTS taskwright.move";
const FAIL_MARKER = "UPDATE taskwright.move SET state = ''";
// Two moves at a time would write the same rows: the one that finds the note changed stops.
const NOTE_PROGRESS = "UPDATE taskwright.move SET progress = $2 WHERE progress = $1 RETURNING 1 AS done";

// What holds rows of tasks and files: all tables but those that tell of the schema itself.
const TABLES = `
SELECT format('%I', relname) AS name FROM pg_class
WHERE relnamespace = to_regnamespace($1) AND relkind = 'r' AND relname NOT IN ('migration', 'move') ORDER BY relname`;
const HAS_ROWS = (table: string) => `SELECT EXISTS (SELECT 1 FROM taskwright.${table}) AS yes`;
const EMPTY = (tables: readonly string[]) =>
  `TRUNCATE ${tables.map((name) => `taskwright.${name}`).join(", ")}`;

const SET_FENCE = "SELECT setval('taskwright.fence', $1::bigint)";
const SET_SEQ = (table: string) => `
SELECT setval(pg_get_serial_sequence('taskwright.${table}', 'seq'), max(seq)) FROM taskwright.${table} HAVING max(seq) IS NOT NULL`;

// A power cut may undo the last steps together with their note; the finish waits for the disk, and so for all before it.
const UNSYNCED = "SET LOCAL synchronous_commit = off";

/**
 * Takes hold of the schema: makes it where there is none, goes on with an interrupted move of the same source, or clears
 * away one that fits no more. Throws StoreError: locked where the schema holds anything else, and as opening a store does.
 */
export async function openPostgresImport(options: ImportOptions): Promise<Import> {
  const { url, schema } = options;
  checkNames(url, schema);
  const database = createDatabase({ url, schema, poolSize: 2, now: undefined });
  try {
    await checkServer(database.query);
    const { beginning, progress } = await begin(database, options);
    return createImport(database, beginning, progress);
  } catch (error) {
    await database.close();
    throw toStoreError(error);
  }
}

async function begin(
  database: Database,
  options: ImportOptions,
): Promise<{ readonly beginning: Beginning; readonly progress: string }> {
  const { schema, source, state } = options;
  const progress = "{}";
  const earlier = await readMarker(database.query);
  if (!earlier) {
    await migrateSchema(database, schema);
    await database.transaction(async (query) => {
      await requireEmpty(query, schema);
      await query(ADD_MARKER);
      await query(MARK, [source, state, progress]);
    });
    return { beginning: "anew", progress };
  }
  if (earlier.source !== source || earlier.version !== SCHEMA_VERSION) {
    const what = `an unfinished move of ${earlier.source} by a program with schema version ${earlier.version}`;
    throw new StoreError(
      "locked",
      `The schema ${schema} contains ${what}. Run that move again, choose another schema, or drop this one.`,
    );
  }
  if (earlier.state === state) return { beginning: "continued", progress: earlier.progress };
  // The mark stays all the while, so that no other process comes in between.
  await database.transaction(async (query) => {
    await query(EMPTY(await tablesOf(query, schema)));
    await query(RENEW_MARKER, [state, progress]);
  });
  return { beginning: "over", progress };
}

async function readMarker(query: Query) {
  const [moving] = await query<{ found: boolean }>(IS_MOVING);
  if (!moving?.found) return undefined;
  const [marker] = await query<{ source: string; state: string; progress: string; version: number }>(MARKER);
  return marker;
}

async function tablesOf(query: Query, schema: string): Promise<readonly string[]> {
  return (await query<{ name: string }>(TABLES, [schema])).map(({ name }) => name);
}

async function requireEmpty(query: Query, schema: string): Promise<void> {
  const filled: string[] = [];
  for (const name of await tablesOf(query, schema)) {
    const [rows] = await query<{ yes: boolean }>(HAS_ROWS(name));
    if (rows?.yes) filled.push(name);
  }
  if (filled.length === 0) return;
  const reason = filled.includes("worker")
    ? "a worker is using it; stop all servers and workers first"
    : `there are rows in ${filled.join(", ")}; choose another schema`;
  throw new StoreError("locked", `The schema ${schema} is not empty (${reason}).`);
}

function createImport(database: Database, beginning: Beginning, noted: string): Import {
  let note = noted;
  let done: Progress = JSON.parse(noted);

  async function guarded<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      throw toStoreError(error);
    }
  }

  return {
    beginning,
    progress: ({ name }) => done[name] ?? { rows: 0 },
    write(table, { rows, last }) {
      const progress = { ...done, [table.name]: { rows: (done[table.name]?.rows ?? 0) + rows.length, last } };
      const next = JSON.stringify(progress);
      return guarded(async () => {
        await database.transaction(async (query) => {
          const [noted] = await query(NOTE_PROGRESS, [note, next]);
          if (!noted) {
            throw new StoreError(
              "locked",
              "Another move is writing to this schema; wait until it has finished.",
            );
          }
          await Promise.all([query(UNSYNCED), query(ADD_ROWS(table), rowsOf(table, rows))]);
        });
        note = next;
        done = progress;
      });
    },
    settleIn: (lastFence) =>
      guarded(async () => {
        await database.query(SET_FENCE, [Math.max(1, lastFence)]);
        await database.query(SET_SEQ("artifact"));
        await database.query(SET_SEQ("record_entry"));
        // Without it the planner takes the new tables for empty ones.
        for (const { name } of TRANSFER_TABLES) await database.query(`ANALYZE taskwright.${name}`);
      }),
    digest: (table, after, until) =>
      guarded(async () => {
        const keys = [...(after ?? []), ...(until ?? [])];
        const sql = COUNT_AND_DIGEST(table, after !== undefined, until !== undefined);
        const [answer] = await database.transaction((query) =>
          query<{ rows: number; digest: string }>(sql, keys),
        );
        return answer ?? { rows: 0, digest: "" };
      }),
    finish: () =>
      guarded(async () => {
        await database.query(DROP_MARKER);
      }),
    giveUp: () =>
      guarded(async () => {
        await database.query(FAIL_MARKER);
      }),
    close: () => database.close(),
  };
}
