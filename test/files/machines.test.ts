// Files follow the tasks: what is uploaded at a server without a worker is worked on elsewhere, and comes back.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createTaskwright, type TaskwrightOptions } from "../../src/index.js";
import { listen } from "../library/listen.js";
import { afterwards } from "../library/support.js";
import { freshSchema, serverUrl, startTestServer } from "../store/postgres-support.js";
import { BUCKET, CREDENTIALS, startBucketServer } from "../support/s3.js";

/** As they are built: a process that ran them from their sources would first compile those, which takes most of its time. */
const { builtInTasks }: typeof import("../../src/tasks/index.js") = await import(
  pathToFileURL(path.resolve(import.meta.dirname, "../../dist/tasks/index.js")).href
);

const EXAMPLES = path.resolve(import.meta.dirname, "../../examples");

beforeAll(startTestServer, 60_000);
beforeAll(() => {
  for (const [name, value] of Object.entries(CREDENTIALS)) vi.stubEnv(name, value);
});
afterAll(() => void vi.unstubAllEnvs());

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), "taskwright-machine-"));
  afterwards(() => rm(made, { recursive: true, force: true }));
  return made;
}

async function machine(options: Partial<TaskwrightOptions>) {
  const dataDir = await folder();
  const app = await createTaskwright({ store: serverUrl(), tasks: builtInTasks, dataDir, ...options });
  afterwards(() => app.close());
  return { app, dataDir };
}

async function upload(url: string, name: string): Promise<string> {
  const form = new FormData();
  form.append("file", new Blob([await readFile(path.join(EXAMPLES, name))]), name);
  const response = await fetch(`${url}/api/files`, { method: "POST", body: form });
  expect(response.status).toBe(201);
  const { files }: { files: { id: string }[] } = await response.json();
  return files[0]?.id ?? "";
}

async function filesOptions(place: string): Promise<string> {
  if (place === "a bucket") {
    const server = await startBucketServer();
    afterwards(() => server.close());
    return `s3://${BUCKET}/tasks?endpoint=${encodeURIComponent(server.endpoint)}&path_style=true`;
  }
  return place === "a shared folder" ? folder() : "auto";
}

test.each(["the database", "a bucket", "a shared folder"])("over %s", async (place) => {
  const options = { schema: freshSchema(), files: await filesOptions(place) };
  const server = await machine(options);
  const worker = await machine(options);
  await worker.app.work();
  const { url } = await listen(server.app.handler());
  const [csv, picture] = await Promise.all([upload(url, "airquality.csv"), upload(url, "mountain-lake.jpg")]);

  const [, , , resize] = builtInTasks;
  const [analyse] = builtInTasks;
  const analysed = await server.app.submit(analyse, { file_id: csv });
  const resized = await server.app.submit(resize, { file_ids: [picture], operation: "resize", width: 100 });
  expect(await analysed.result()).toMatchObject({ rows: 153 });
  const { images } = await resized.result();
  const answer = await fetch(`${url}/api/artifacts/${images[0]?.artifact_id}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(await sharp(bytes).metadata()).toMatchObject({ width: 100 });
  const part = await fetch(`${url}/api/files/${csv}`, { headers: { range: "bytes=10-19" } });
  expect(await part.text()).toBe(
    (await readFile(path.join(EXAMPLES, "airquality.csv"), "utf8")).slice(10, 20),
  );

  await Promise.all([server.app.close(), worker.app.close()]);
  for (const { dataDir } of [server, worker]) {
    const left = await readdir(dataDir, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  }
});
