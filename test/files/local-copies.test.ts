// Copies of files that lie elsewhere: fetched once, kept while somebody uses them, bounded otherwise.
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDirectoryBlobs } from "../../src/files/directory.js";
import type { BlobStorage, Blobs, StoredBlob } from "../../src/files/files.js";
import { withLocalCopies } from "../../src/files/local-copies.js";
import { ID, pattern } from "./suite.js";

const OTHER = ID.replace(/ab$/, "01");
const NOW = 1_767_225_600_000;

let folder: string;
let storage: BlobStorage;
let reads: number;
let blobs: Blobs;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "taskwright-copies-"));
  const directory = await createDirectoryBlobs({ root: path.join(folder, "far") });
  reads = 0;
  storage = {
    ...directory,
    read(id, range) {
      reads++;
      return directory.read(id, range);
    },
  };
  blobs = open();
});

afterEach(async () => {
  await blobs.close();
  await rm(folder, { recursive: true });
});

const near = () => path.join(folder, "near");

function open(over: BlobStorage = storage): Blobs {
  return withLocalCopies(over, { folder: near(), maxBytes: 1000, now: () => NOW });
}

async function stored(id: string, bytes: number): Promise<StoredBlob> {
  return { id, ...(await storage.write(id, Readable.from([pattern(bytes)]))) };
}

/** Names of all copies, of all processes. */
async function copies(): Promise<readonly string[]> {
  const entries = await readdir(near(), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

test("fetches once for all who want it at the same time", async () => {
  const blob = await stored(ID, 900);
  const files = await Promise.all([blobs.path(blob), blobs.path(blob), blobs.path(blob)]);
  expect(new Set(files.map((file) => file.path)).size).toBe(1);
  expect(reads).toBe(1);
  expect((await readFile(files[0].path)).equals(pattern(900))).toBe(true);
});

test("a released copy serves again, until others need the room", async () => {
  const first = await stored(ID, 600);
  const second = await stored(OTHER, 600);
  (await blobs.path(first)).release();
  const again = await blobs.path(first);
  expect(reads).toBe(1);
  // In use: over the bound, and kept nevertheless.
  const other = await blobs.path(second);
  expect(await copies()).toHaveLength(2);
  again.release();
  again.release();
  other.release();
  await blobs.sweep(0);
  expect(await copies()).toEqual([path.basename(other.path)]);
});

test("one who gives up leaves the fetching to the others; the last one ends it", async () => {
  const blob = await stored(ID, 10);
  const slow = new PassThrough();
  const reading = open({ ...storage, read: async () => slow });
  const impatient = new AbortController();
  const first = reading.path(blob, { signal: impatient.signal });
  const second = reading.path(blob);
  impatient.abort();
  await expect(first).rejects.toMatchObject({ name: "AbortError" });
  slow.end(pattern(10));
  await second;
  await reading.close();

  const endless = new PassThrough();
  const waiting = open({ ...storage, read: async () => endless });
  const last = new AbortController();
  const only = waiting.path(blob, { signal: last.signal });
  endless.write(pattern(100_000));
  await new Promise((resolve) => endless.once("drain", resolve));
  last.abort();
  await expect(only).rejects.toMatchObject({ name: "AbortError" });
  expect(endless.destroyed).toBe(true);
  await waiting.close();
  expect(await copies()).toEqual([]);
});

test("a copy that is not what was stored is no copy", async () => {
  const blob = await stored(ID, 10);
  await storage.write(ID, Readable.from(["else"]));
  await expect(blobs.path(blob)).rejects.toThrow("SHA-256");
  expect(await copies()).toEqual([]);
  await expect(blobs.path({ ...blob, id: OTHER })).rejects.toMatchObject({ code: "file_not_found" });
  await expect(blobs.path({ ...blob, id: "../x" })).rejects.toThrow(RangeError);
});

test("fetches again what somebody has cleaned up", async () => {
  const blob = await stored(ID, 10);
  await blobs.path(blob);
  await rm(near(), { recursive: true });
  await blobs.sweep(0);
  const { path: file } = await blobs.path(blob);
  expect(await readFile(file)).toHaveLength(10);
});

test("copies go with their process, or an hour after it has died", async () => {
  const blob = await stored(ID, 10);
  const leaving = open();
  await leaving.path(blob);
  await leaving.close();
  expect(await readdir(near())).toEqual([]);
  await expect(leaving.path(blob)).rejects.toThrow();
  for (const [name, age] of [
    ["dead", 3_600_001],
    ["alive", 3_500_000],
  ] as const) {
    await mkdir(path.join(near(), name));
    await writeFile(path.join(near(), name, "copy"), "x");
    await utimes(path.join(near(), name), (NOW - age) / 1000, (NOW - age) / 1000);
  }
  await blobs.sweep(0);
  expect(await readdir(near())).toEqual(["alive"]);
});
