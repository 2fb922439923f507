// A SQLite store moved into PostgreSQL by the compiled command, and worked on there. Real stores on both sides.
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { type Engine, openEngine } from "../../src/app/engine.js";
import { openBlobs } from "../../src/app/open-blobs.js";
import { defineTask } from "../../src/index.js";
import { systemClock } from "../../src/lib/clock.js";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.js";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.js";
import type { Store } from "../../src/store/store.js";
import { createTestDatabase } from "../support/shared.js";
import { type Running, run, start } from "./command-line.js";
import { createSource, createTarget, type Source, type Target, TEXTS } from "./moving.js";

let url = "";
beforeAll(async () => {
  const database = await createTestDatabase();
  url = database.url;
  return () => database.remove();
}, 60_000);

function words({ file, folder }: Source, { schema }: Target): readonly string[] {
  return ["move", "--from", file, "--to", url, "--schema", schema, "--data-dir", folder];
}

const move = (source: Source, target: Target) => run(words(source, target));

/** A move that stands still with some tables written. */
async function startHeldUp(
  source: Source,
  target: Target,
): Promise<{ moving: Running; release(): Promise<void> }> {
  // Made before, so that there is something to lock.
  await (await openPostgresStore({ url, schema: target.schema })).close();
  const held = await target.holdUp();
  const moving = start(words(source, target));
  await Promise.race([held.reached, moving.ended.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
  return { moving, release: held.release };
}

/** An interrupted move, its process killed. */
async function interrupt(source: Source, target: Target): Promise<void> {
  const { moving, release } = await startHeldUp(source, target);
  moving.process.kill("SIGKILL");
  await moving.ended;
  await release();
}

/** All that a store answers about its tasks. */
async function everything(store: Store): Promise<unknown> {
  const { tasks } = await store.list(
    {},
    { limit: 500, order: "oldest", include: ["parameters", "result_data"] },
  );
  const parts = tasks.map(async ({ id }) => [
    await store.attempts(id),
    await store.logs(id, { after: 0, limit: 100 }),
    await store.artifacts(id),
  ]);
  const tagged = await store.list({ tags: ["a", "ü"] }, { limit: 500, order: "newest" });
  return {
    tasks,
    tagged: tagged.tasks.map(({ id }) => id),
    parts: await Promise.all(parts),
    totals: await store.totals(),
    queues: await store.queues({ limit: 100 }),
    timeline: await store.timeline({ from: 0, to: systemClock.now(), step: 60_000 }),
  };
}

/** A library with the task types of the fixture, which say what checkpoint they found. */
async function openApp(target: Target, { folder }: Source): Promise<Engine> {
  const handler = {
    input: z.looseObject({}),
    run: (_: unknown, { checkpoint }: { checkpoint: { get(): unknown } }) => ({
      found: checkpoint.get() ?? null,
    }),
  };
  const engine = await openEngine(
    {
      store: url,
      schema: target.schema,
      dataDir: folder,
      tasks: [defineTask({ name: "work", ...handler }), defineTask({ name: "mail", ...handler })],
    },
    "0.0.0",
  );
  onTestFinished(() => engine.close());
  return engine;
}

test("everything is copied, and PostgreSQL continues where SQLite stopped", async () => {
  const source = await createSource();
  const target = createTarget(url);
  const moved = await run([...words(source, target), "--json"]);
  expect(moved).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(moved.stdout)).toMatchObject({
    beginning: "anew",
    same: true,
    rows: { task: 7, done: 3, running: 1, scheduled: 2, ready: 1, replay: 1, log: 1, file: 1, file_use: 1 },
    files: { files: 2, missing: [] },
  });
  expect(moved.stdout).not.toContain("postgres:postgres");

  const before = await openSqliteStore({ file: source.file, clock: systemClock });
  const after = await openPostgresStore({ url, schema: target.schema });
  expect(await everything(after)).toEqual(await everything(before));
  const lastFence = await highestFence(target);
  const replayed = await after.insert([
    { ...(await taskOf(before, source.tasks.waiting)), replay: { key: "order-1", digest: "d" } },
  ]);
  expect(replayed).toEqual([{ outcome: "replayed", id: source.tasks.waiting }]);
  await Promise.all([before.close(), after.close()]);

  const app = await openApp(target, source);
  await app.work();
  const { waiting, retried, running, scheduled } = source.tasks;
  const ended = (id: string) => app.queue.get(id, { wait: 30_000 });
  expect(await ended(waiting)).toMatchObject({ status: "SUCCESS", attempt: 1, crashes: 0 });
  expect(await ended(retried)).toMatchObject({ status: "SUCCESS", attempt: 2, resultData: '{"found":7}' });
  expect(await ended(running)).toMatchObject({ status: "SUCCESS", attempt: 1, crashes: 1 });
  expect(await app.queue.get(scheduled)).toMatchObject({ status: "PENDING", waitingFor: "time" });
  expect(await highestFence(target)).toBeGreaterThan(lastFence);
});

async function highestFence({ sql }: Target): Promise<number> {
  const [row] = await sql<{ last: string }>("SELECT last_value AS last FROM taskwright.fence");
  return Number(row?.last);
}

/** A task as it was submitted. */
async function taskOf(store: Store, id: string) {
  const [task] = await store.get([id]);
  if (!task) throw new Error(`task ${id} is not stored`);
  const { taskType, queue, parameters = "{}", priority, maxAttempts, timeout, tags } = task;
  return { id, taskType, queue, parameters, priority, maxAttempts, timeout, tags, start: "now" as const };
}

describe("files", () => {
  /** What `--files` of the target has under the ids of the source's files. */
  async function textsIn(files: string, target: Target, source: Source, dataDir: string): Promise<unknown> {
    const blobs = await openBlobs({ files, dataDir, store: url, schema: target.schema }, systemClock);
    onTestFinished(() => blobs.close());
    const read = async (id: string) => {
      const bytes = await blobs.read(id);
      return bytes && text(bytes);
    };
    return { upload: await read(source.blobs.upload), artifact: await read(source.blobs.artifact) };
  }

  test("come into the database, unless told otherwise", async () => {
    const source = await createSource();
    const target = createTarget(url);
    const moved = await move(source, target);
    expect(moved).toMatchObject({ code: 0, stderr: expect.stringContaining("Copied 2 files (391 KB)") });
    expect(await textsIn("auto", target, source, "/nowhere")).toEqual(TEXTS);
  });

  test("go to another folder, also after an interruption", async () => {
    const source = await createSource();
    const target = createTarget(url);
    await interrupt(source, target);
    const elsewhere = path.join(source.folder, "elsewhere");
    expect(await run([...words(source, target), "--files", elsewhere])).toMatchObject({ code: 0 });
    expect(await textsIn(elsewhere, target, source, source.folder)).toEqual(TEXTS);
  });

  test("stay where they are in a folder that both use", async () => {
    const source = await createSource();
    const target = createTarget(url);
    const moved = await run([...words(source, target), "--files", "folder"]);
    expect(moved).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/Copied .* files/) });
    expect(await textsIn("folder", target, source, source.folder)).toEqual(TEXTS);
  });

  test("whose bytes are gone are named, and whose bytes are others stop the move", async () => {
    const source = await createSource();
    const { upload, artifact } = source.blobs;
    const fileOf = (id: string) => path.join(source.folder, "files", id.slice(-2), id);
    await rm(fileOf(upload));
    await writeFile(fileOf(artifact), "something else");
    const wrong = await move(source, createTarget(url));
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`file ${artifact} is corrupt`),
    });
    await writeFile(fileOf(artifact), TEXTS.artifact);
    const moved = await move(source, createTarget(url));
    expect(moved).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`already missing before the move: ${upload}.`),
    });
  });
});

describe("an interrupted move", () => {
  test("a killed move keeps the schema locked, and resumes when repeated", async () => {
    const source = await createSource();
    const target = createTarget(url);
    await interrupt(source, target);
    const opening = openPostgresStore({ url, schema: target.schema });
    await expect(opening).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("taskwright move"),
    });
    const again = await move(source, target);
    expect(again).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("Resumed an earlier move"),
    });
    await (await openPostgresStore({ url, schema: target.schema })).close();
  });

  test("starts over if the source has changed since", async () => {
    const source = await createSource();
    const target = createTarget(url);
    await interrupt(source, target);
    const store = await openSqliteStore({ file: source.file, clock: systemClock });
    await store.cancel([source.tasks.waiting]);
    await store.close();
    const again = await move(source, target);
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("Started over") });
    const after = await openPostgresStore({ url, schema: target.schema });
    expect(await after.get([source.tasks.waiting])).toMatchObject([{ status: "CANCELLED" }]);
    await after.close();
  });

  test("Ctrl-C ends it between two steps", async () => {
    const source = await createSource();
    const target = createTarget(url);
    const { moving, release } = await startHeldUp(source, target);
    moving.process.kill("SIGINT");
    await release();
    expect(await moving.ended).toMatchObject({
      code: 130,
      stderr: expect.stringContaining("run the same command again"),
    });
    expect(await move(source, target)).toMatchObject({ code: 0 });
  });

  test("another source cannot resume it", async () => {
    const target = createTarget(url);
    await interrupt(await createSource(), target);
    const other = await move(await createSource(), target);
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("contains an unfinished move of"),
    });
  });
});

test("differences between the two sides are found, and the next move starts over", async () => {
  const source = await createSource();
  const target = createTarget(url);
  await interrupt(source, target);
  await target.sql(`UPDATE taskwright.task SET options = 'changed' WHERE id = '${source.tasks.waiting}'`);
  const wrong = await move(source, target);
  expect(wrong).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^task +7 +7 +differs from the beginning$/m),
    stderr: expect.stringMatching(
      /^error: the rows in task of .* differ from the source, so the schema stays locked/m,
    ),
  });
  await expect(openPostgresStore({ url, schema: target.schema })).rejects.toMatchObject({
    code: "unavailable",
  });
  const again = await move(source, target);
  expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("Started over") });
});

describe("refused", () => {
  test("a schema that is not empty", async () => {
    const source = await createSource();
    const target = createTarget(url);
    expect(await move(source, target)).toMatchObject({ code: 0 });
    expect(await move(source, target)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is not empty \(there are rows in .*task/),
    });
  });

  test("a source that a process has open, and one that does not exist", async () => {
    const source = await createSource();
    const target = createTarget(url);
    const holder = await openSqliteStore({ file: source.file, clock: systemClock });
    expect(await move(source, target)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`is in use by process ${process.pid}`),
    });
    await holder.close();
    const missing = await move({ ...source, file: "nowhere.db" }, target);
    expect(missing).toMatchObject({
      code: 3,
      stderr: "error: database nowhere.db does not exist; check --from\n",
    });
  });

  test("places of the wrong kind, without a word of their passwords", async () => {
    const back = await run(["move", "--from", "postgres://me:secret@host/tasks", "--to", url]);
    expect(back).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--from: postgres://me@host/tasks"),
    });
    const there = await run(["move", "--from", "a.db", "--to", "mysql://me:secret@host/tasks"]);
    expect(there).toMatchObject({ code: 2, stderr: expect.stringContaining("--to: mysql://me@host/tasks") });
    expect(back.stderr + there.stderr).not.toContain("secret");
  });
});
