// What the tests of a move share: a SQLite store with a task in every place, PostgreSQL, and a move that can be held up.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import pg from "pg";
import { onTestFinished } from "vitest";
import { createDirectoryBlobs } from "../../src/files/directory.js";
import { createManualClock, systemClock } from "../../src/lib/clock.js";
import type { TaskId } from "../../src/model/id.js";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import { createBench, ending, OTHER_WORKER, retryIn } from "../store/fixture.js";

/** What is in the files of a source. */
export const TEXTS = { upload: "name,age\nAda,36\n", artifact: "😀".repeat(100_000) } as const;

export interface Source {
  readonly folder: string;
  readonly file: string;
  /** Ids of an upload and of an artifact, whose bytes are TEXTS. */
  readonly blobs: Readonly<Record<keyof typeof TEXTS, string>>;
  /** A task in every place. */
  readonly tasks: {
    readonly succeeded: TaskId;
    readonly failed: TaskId;
    readonly cancelled: TaskId;
    readonly waiting: TaskId;
    readonly scheduled: TaskId;
    /** After a failed attempt that left the checkpoint 7. */
    readonly retried: TaskId;
    /** Its process is gone. */
    readonly running: TaskId;
  };
}

/** Writes a store and its files into a new folder and closes it. All of it happened an hour ago. */
export async function createSource(): Promise<Source> {
  const folder = await mkdtemp(path.join(tmpdir(), "taskwright-move-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, "taskwright.db");
  const clock = createManualClock(systemClock.now() - 3_600_000);
  const store = await openSqliteStore({ file, clock });
  const files = await createDirectoryBlobs({ root: path.join(folder, "files") });
  try {
    const bench = createBench(store, clock);
    const upload = bench.id();
    await store.beginFile(upload, "people.csv", "text/csv");
    const { sizeBytes, sha256 } = await files.write(upload, Readable.from([TEXTS.upload]));
    await store.completeFile(upload, sizeBytes, sha256);
    const artifact = bench.id();
    const written = await files.write(artifact, Readable.from([TEXTS.artifact]));
    const succeeded = await bench.run({ tags: ["a", "ü"], summary: "line\nbreak \\ 😀", priority: 9 });
    await bench.settle({
      ...ending("SUCCESS", succeeded),
      report: {
        progress: 33.3,
        stages: [{ name: "load", startedAt: clock.now() }],
        artifacts: [{ id: artifact, name: "out.txt", mediaType: "text/plain", ...written }],
        logs: [{ at: clock.now(), level: "info", message: "hello", fields: '{"n":1}' }],
      },
    });
    const failed = await bench.run({ parameters: '{"text":"tab\\tand \\"quotes\\""}' });
    await bench.settle({ ...ending("FAILED", failed), report: { progress: 1e-7, checkpoint: "3" } });
    const [cancelled = ""] = await bench.insert({ queue: "other" });
    await store.cancel([cancelled]);
    const retried = await bench.run();
    await bench.settle({ ...retryIn(60_000, retried), report: { checkpoint: "7" } });
    const [scheduled = ""] = await bench.insert({ start: { in: 366 * 86_400_000 } });
    const running = await bench.run({ taskType: "mail", files: [upload] });
    // The first worker is no more when the second one beats.
    await bench.claim({ limit: 0 }, OTHER_WORKER);
    const [waiting = ""] = await bench.insert({ priority: -5, replay: { key: "order-1", digest: "d" } });
    return {
      folder,
      file,
      blobs: { upload, artifact },
      tasks: {
        succeeded: succeeded.id,
        failed: failed.id,
        cancelled,
        waiting,
        scheduled,
        retried: retried.id,
        running: running.id,
      },
    };
  } finally {
    await files.close();
    await store.close();
  }
}

export interface Target {
  readonly schema: string;
  sql<Row extends object>(text: string): Promise<readonly Row[]>;
  /**
   * Lets nobody write to `done` until it is called off, and waits until somebody tries to: so that a move stands still
   * between two tables.
   */
  holdUp(): Promise<{ readonly reached: Promise<void>; release(): Promise<void> }>;
}

/** A schema of its own on that server; it goes with the test. `taskwright.` in statements stands for it. */
export function createTarget(url: string): Target {
  const schema = `move_${randomUUID().replaceAll("-", "")}`;
  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return client;
  }
  async function sql<Row extends object>(text: string): Promise<readonly Row[]> {
    const client = await connect();
    try {
      return (await client.query<Row>(text.replaceAll("taskwright.", `${schema}.`))).rows;
    } finally {
      await client.end();
    }
  }
  onTestFinished(async () => {
    await sql(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  });
  return {
    schema,
    sql,
    async holdUp() {
      const client = await connect();
      await client.query("BEGIN");
      await client.query(`LOCK TABLE ${schema}.done IN SHARE MODE`);
      let isHeld = true;
      async function reached(): Promise<void> {
        while (isHeld) {
          const { rowCount } = await client.query(
            `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = '${schema}.done'::regclass`,
          );
          if (rowCount) return;
          // Asked again and again without a pause, the server would have less time for the move itself.
          await client.query("SELECT pg_sleep(0.05)");
        }
        throw new Error("nobody wrote to done");
      }
      return {
        reached: reached(),
        async release() {
          isHeld = false;
          await client.query("ROLLBACK");
          await client.end();
        },
      };
    },
  };
}
