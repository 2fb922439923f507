// Which place a configuration means, and what is said of one that can't be.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openBlobs, placeOf } from "../../src/app/open-blobs.js";
import { readFilesPlace } from "../../src/config/files-place.js";
import { createTaskwright } from "../../src/index.js";
import { systemClock } from "../../src/lib/clock.js";

const POSTGRES = "postgres://127.0.0.1:1/x";

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), "taskwright-places-"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dataDir, { recursive: true });
});

test("auto is the folder with SQLite and the database with PostgreSQL", () => {
  expect(placeOf({ dataDir, store: "tasks.db" })).toEqual({ kind: "folder" });
  expect(placeOf({ dataDir, store: POSTGRES })).toEqual({ kind: "database" });
  expect(placeOf({ dataDir, store: POSTGRES, files: "folder" })).toEqual({ kind: "folder" });
  expect(placeOf({ dataDir, store: POSTGRES, files: "./database" })).toEqual({
    kind: "path",
    path: "./database",
  });
});

test.each([
  ["s3://bucket", { bucket: "bucket", prefix: "", pathStyle: false }],
  ["s3://my.bucket/a/b/?region=eu-west-1", { prefix: "a/b/", region: "eu-west-1", pathStyle: false }],
  [
    "s3://bucket/a%20b?endpoint=http://127.0.0.1:9000&path_style=true",
    { prefix: "a b/", endpoint: "http://127.0.0.1:9000", pathStyle: true },
  ],
])("%s is a bucket", (text, expected) => {
  expect(readFilesPlace(text)).toMatchObject({ kind: "bucket", ...expected });
});

test.each([
  "",
  " ",
  "gs://bucket",
  "s3://",
  "s3://key:secret@bucket",
  "s3://bucket/100%",
  "s3://bucket?regoin=x",
  "s3://bucket?path_style=yes",
  "s3://bucket?endpoint=minio:9000",
  "s3://bucket?endpoint=http://key:secret@minio:9000",
])("%j is no place", async (files) => {
  expect(readFilesPlace(files)).toBeUndefined();
  const opening = openBlobs({ dataDir, store: "tasks.db", files }, systemClock);
  await expect(opening).rejects.toMatchObject({
    code: "validation_failed",
    message: expect.not.stringContaining("secret@"),
  });
});

test("files in the database need PostgreSQL, and nothing stays open where they have none", async () => {
  const store = path.join(dataDir, "tasks.db");
  const options = { store, dataDir, tasks: [] };
  await expect(createTaskwright({ ...options, files: "database" })).rejects.toMatchObject({
    code: "validation_failed",
    message: expect.stringContaining("--files"),
  });
  const app = await createTaskwright({ ...options, files: path.join(dataDir, "shared") });
  expect(await readdir(path.join(dataDir, "shared"))).toContain("incoming");
  await app.close();
});

test("a bucket needs a region, from its name or the environment", async () => {
  for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"]) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_CONFIG_FILE", path.join(dataDir, "none"));
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", path.join(dataDir, "none"));
  const open = (files: string) => openBlobs({ dataDir, store: POSTGRES, files }, systemClock);
  await expect(open("s3://bucket")).rejects.toMatchObject({
    code: "validation_failed",
    message: expect.stringContaining("AWS_REGION"),
  });
  await (await open("s3://bucket?region=eu-west-1")).close();
  await (await open("s3://bucket?endpoint=http://127.0.0.1:1")).close();
});
