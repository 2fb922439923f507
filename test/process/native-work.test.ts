// Native work in processes of their own, on the compiled server: it ends with a cancel and with its parent, leaves no
// scratch behind, and holds up nobody's files.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { expect, onTestFinished, test, vi } from "vitest";
import { folder, startPostgres } from "../cli/postgres-setting.js";
import { finished, getTask, submit } from "../support/http-calls.js";
import { type ServerProcess, startServerProcess } from "../support/server-process.js";

// Processes start slowly where many tests run at once.
vi.setConfig({ testTimeout: 180_000 });

/** Minutes of work, all of it in DuckDB. */
const TABLE = { rows: 10_000_000, duration_seconds: 0 };

async function start(cwd: string, flags: readonly string[] = []): Promise<ServerProcess> {
  const server = await startServerProcess({
    cwd,
    env: { TASKWRIGHT_PACE: "0" },
    flags: ["--drain", "100ms", ...flags],
  });
  onTestFinished(() => server.kill());
  return server;
}

/** Resolves once the handler has reported progress: it works then. */
async function works(url: string, id: string): Promise<void> {
  const stream = await fetch(`${url}/api/events?task_id=${id}`);
  const decoder = new TextDecoder();
  if ((await getTask(url, id)).progress > 0) return stream.body?.cancel();
  for await (const chunk of stream.body ?? []) if (decoder.decode(chunk).includes("task.progress")) return;
  throw new Error("the stream ended before the task reported progress");
}

async function upload(url: string, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const form = new FormData();
  form.append("file", new Blob([bytes]), name);
  const response = await fetch(`${url}/api/files`, { method: "POST", body: form });
  expect(response.status).toBe(201);
  const { files }: { readonly files: readonly { readonly id: string }[] } = await response.json();
  return files[0]?.id ?? "";
}

/** Processes that this one has started, threads included. */
function childrenOf(pid: number | undefined): number[] {
  const threads = `/proc/${pid}/task`;
  return readdirSync(threads).flatMap((thread) =>
    readFileSync(path.join(threads, thread, "children"), "utf8")
      .split(" ")
      .filter(Boolean)
      .map(Number),
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const scratchOf = (cwd: string) => {
  const scratch = path.join(cwd, "data", "scratch");
  return existsSync(scratch) ? readdirSync(scratch) : [];
};

const onLinux = test.skipIf(process.platform !== "linux");

onLinux(
  "a cancel ends the process of data_processing and of image_processing before the task has ended",
  async () => {
    const server = await start(await folder());
    const big = await sharp({ create: { width: 9_000, height: 9_000, channels: 3, background: "teal" } })
      .jpeg()
      .toBuffer();
    const file = await upload(server.url, "big.jpg", Uint8Array.from(big));
    for (const [type, parameters] of [
      ["data_processing", TABLE],
      // Seconds in one call of libvips, for each copy.
      ["image_processing", { file_ids: [file], operation: "blur" }],
    ] as const) {
      const id = await submit(server.url, type, parameters);
      await works(server.url, id);
      const [child, ...more] = childrenOf(server.child.pid);
      expect([typeof child, more]).toEqual(["number", []]);
      const cancelled = performance.now();
      expect((await fetch(`${server.url}/api/tasks/${id}`, { method: "DELETE" })).status).toBe(202);
      expect(await finished(server.url, id)).toMatchObject({ status: "CANCELLED" });
      expect(isAlive(Number(child))).toBe(false);
      const time = Math.round(performance.now() - cancelled);
      process.stdout.write(`${type}: cancelled, and its process gone, after ${time} ms\n`);
      // The process that is kept warm for the next task.
      await vi.waitFor(() => expect(childrenOf(server.child.pid)).toHaveLength(1), 60_000);
      for (const warm of childrenOf(server.child.pid)) process.kill(warm, "SIGKILL");
      await vi.waitFor(() => expect(childrenOf(server.child.pid)).toEqual([]), 60_000);
    }
  },
);

onLinux("kill -9 of the server ends its processes, and the next start removes their scratch", async () => {
  const cwd = await folder();
  const first = await start(cwd);
  const id = await submit(first.url, "data_processing", TABLE);
  await works(first.url, id);
  const children = childrenOf(first.child.pid);
  expect(children).toHaveLength(1);
  const stale = scratchOf(cwd);
  expect(stale).toHaveLength(1);
  await first.kill();
  await vi.waitFor(() => expect(children.filter(isAlive)).toEqual([]), 60_000);
  expect(scratchOf(cwd)).toEqual(stale);
  // It has nothing to do that needs scratch.
  const second = await startServerProcess({ cwd, flags: ["--queues", "other"] });
  onTestFinished(() => second.kill());
  await vi.waitFor(() => expect(scratchOf(cwd)).toEqual([]), 60_000);
});

onLinux("with PostgreSQL, too, a cancel ends the process, and so does kill -9 of the server", async () => {
  const postgres = await startPostgres();
  onTestFinished(() => postgres.remove());
  const server = await start(await folder(), ["--store", postgres.url]);
  const cancelled = await submit(server.url, "data_processing", TABLE);
  await works(server.url, cancelled);
  const [child] = childrenOf(server.child.pid);
  expect((await fetch(`${server.url}/api/tasks/${cancelled}`, { method: "DELETE" })).status).toBe(202);
  expect(await finished(server.url, cancelled)).toMatchObject({ status: "CANCELLED" });
  expect(isAlive(Number(child))).toBe(false);
  const id = await submit(server.url, "data_processing", TABLE);
  await works(server.url, id);
  const children = childrenOf(server.child.pid);
  expect(children.length).toBeGreaterThan(0);
  await server.kill();
  await vi.waitFor(() => expect(children.filter(isAlive)).toEqual([]), 60_000);
});

test("four native tasks at once hold up neither an upload nor a download", async () => {
  const server = await start(await folder());
  const ids = await Promise.all(
    Array.from({ length: 4 }, () => submit(server.url, "data_processing", TABLE)),
  );
  await Promise.all(ids.map((id) => works(server.url, id)));
  const bytes = new Uint8Array(5_000_000).fill(7);
  const id = await upload(server.url, "five.bin", bytes);
  const download = await fetch(`${server.url}/api/files/${id}`);
  expect((await download.arrayBuffer()).byteLength).toBe(bytes.length);
  // All this time they worked.
  for (const task of ids) expect(await getTask(server.url, task)).toMatchObject({ status: "RUNNING" });
});
