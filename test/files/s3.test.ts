// Files in a bucket: the promises of every place, and what only a bucket can get wrong.
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { BlobStorage } from "../../src/files/files.js";
import { type BucketOptions, createBucketBlobs } from "../../src/files/s3.js";
import { BUCKET, type BucketServer, CREDENTIALS, startBucketServer } from "../support/s3.js";
import { blobsSuite, ID, pattern } from "./suite.js";

let server: BucketServer;
const opened: BlobStorage[] = [];

beforeAll(() => {
  for (const [name, value] of Object.entries(CREDENTIALS)) vi.stubEnv(name, value);
});

afterAll(() => void vi.unstubAllEnvs());

beforeEach(async () => {
  server = await startBucketServer();
});

afterEach(async () => {
  for (const blobs of opened.splice(0)) await blobs.close();
  await server.close();
});

async function open(options: Partial<BucketOptions> = {}): Promise<BlobStorage> {
  const { endpoint } = server;
  const blobs = await createBucketBlobs({
    bucket: BUCKET,
    prefix: "jobs/",
    endpoint,
    pathStyle: true,
    ...options,
  });
  opened.push(blobs);
  return blobs;
}

blobsSuite(async () => ({ open: () => open(), halfWritten: async () => (await server.uploads()).length }));

test("sends a small file in one piece, under its prefix", async () => {
  const blobs = await open();
  await blobs.write(ID, Readable.from([pattern(100_000)]));
  expect(server.requests.filter((request) => !request.startsWith("GET"))).toEqual([
    `PUT /${BUCKET}/jobs/${ID}`,
  ]);
});

test("removes many at once", async () => {
  const blobs = await open();
  const ids = Array.from({ length: 1200 }, (_, index) => ID.slice(0, -4) + String(index).padStart(4, "0"));
  await blobs.write(ids[1100] ?? ID, Readable.from(["x"]));
  await blobs.remove(ids);
  expect(server.requests.filter((request) => request.startsWith("POST"))).toHaveLength(2);
  expect(await blobs.read(ids[1100] ?? ID)).toBeUndefined();
});

test("sweeps what is its own, and nothing of other programs", async () => {
  const other = await open({ prefix: "elsewhere/" });
  const data = new PassThrough();
  data.write(pattern(12 * 1024 * 1024));
  const writing = other.write(ID, data);
  while ((await server.uploads()).length === 0);
  await (await open()).sweep(Number.MAX_SAFE_INTEGER);
  expect(await server.uploads()).toHaveLength(1);
  data.end();
  await writing;
});

test("nothing is visible of a write whose server goes away in the middle", async () => {
  const blobs = await open();
  const data = new PassThrough();
  data.write(pattern(12 * 1024 * 1024));
  const writing = blobs.write(ID, data).catch((error: unknown) => error);
  while ((await server.uploads()).length === 0);
  await server.close();
  data.end();
  expect(await writing).toMatchObject({ code: "unavailable" });
  server = await startBucketServer();
  expect(await (await open()).read(ID)).toBeUndefined();
});

test("a stream that is lost while it is read breaks, and never ends early", async () => {
  const blobs = await open();
  await blobs.write(ID, Readable.from([pattern(20 * 1024 * 1024)]));
  const stream = await blobs.read(ID);
  await server.close();
  await expect(buffer(stream ?? Readable.from([]))).rejects.toThrow();
  server = await startBucketServer();
});

test("says what to do where the bucket is missing, refuses, or can't be reached", async () => {
  const missing = await open({ bucket: "nowhere" });
  const write = (blobs: BlobStorage) => blobs.write(ID, Readable.from(["x"]));
  await expect(write(missing)).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("Create it"),
  });
  await expect(missing.remove([ID])).rejects.toMatchObject({ code: "unavailable" });
  vi.stubEnv("AWS_ACCESS_KEY_ID", "nobody");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "wrong-and-secret");
  await expect(write(await open())).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(/^(?!.*wrong-and-secret).*Check the credentials/),
  });
  for (const [name, value] of Object.entries(CREDENTIALS)) vi.stubEnv(name, value);
  await expect(write(await open({ endpoint: "http://127.0.0.1:1" }))).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("Cannot reach"),
  });
});
