// The local folder behind uploads and artifacts: whole or absent, whatever happens in between.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDirectoryBlobs } from "../../src/files/directory.js";
import { BlobTooLarge } from "../../src/files/files.js";
import { idTime } from "../../src/model/id.js";

const ID = "01890a5d-ac96-774b-bcce-b302099a80ab";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "taskwright-blobs-"));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

test("keeps bytes under their id, counted and hashed", async () => {
  const blobs = await createDirectoryBlobs({ root });
  const bytes = Buffer.alloc(300_000, "abc");
  const written = await blobs.write(ID, Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]));
  expect(written).toEqual({
    sizeBytes: 300_000,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  });
  const kept = await blobs.path(ID);
  expect(kept).toBe(path.join(root, "ab", ID));
  expect((await readFile(kept)).equals(bytes)).toBe(true);
  expect((await stat(kept)).mode & 0o777).toBe(0o600);
  expect((await stat(path.dirname(kept))).mode & 0o777).toBe(0o700);
  expect(await readdir(path.join(root, "incoming"))).toEqual([]);
});

test("reads a range, both ends included", async () => {
  const blobs = await createDirectoryBlobs({ root });
  await blobs.write(ID, Readable.from(["0123456789"]));
  const read = async (range?: { start: number; end: number }) => {
    const stream = await blobs.read(ID, range);
    return stream && (await text(stream));
  };
  expect(await read()).toBe("0123456789");
  expect(await read({ start: 0, end: 0 })).toBe("0");
  expect(await read({ start: 3, end: 5 })).toBe("345");
  expect(await read({ start: 8, end: 99 })).toBe("89");
});

test("keeps nothing of what is too large", async () => {
  const blobs = await createDirectoryBlobs({ root });
  const data = Readable.from([Buffer.alloc(600), Buffer.alloc(600)]);
  await expect(blobs.write(ID, data, { maxBytes: 1000 })).rejects.toThrow(BlobTooLarge);
  expect(data.destroyed).toBe(true);
  expect(await blobs.read(ID)).toBeUndefined();
  expect(await readdir(path.join(root, "incoming"))).toEqual([]);
  await blobs.write(ID, Readable.from([Buffer.alloc(1000)]), { maxBytes: 1000 });
});

test("keeps nothing of what is called off or breaks", async () => {
  const blobs = await createDirectoryBlobs({ root });
  const controller = new AbortController();
  const endless = new PassThrough();
  endless.write("first part");
  const writing = blobs.write(ID, endless, { signal: controller.signal });
  controller.abort();
  await expect(writing).rejects.toMatchObject({ name: "AbortError" });
  const broken = new PassThrough();
  broken.write("first part");
  const breaking = blobs.write(ID, broken);
  broken.destroy(new Error("the connection was lost"));
  await expect(breaking).rejects.toThrow("the connection was lost");
  expect(await blobs.read(ID)).toBeUndefined();
  expect(await readdir(path.join(root, "incoming"))).toEqual([]);
});

test("removes at start what a killed process left half written, and only that", async () => {
  const before = await createDirectoryBlobs({ root });
  await before.write(ID, Readable.from(["whole"]));
  await mkdir(path.join(root, "incoming"), { recursive: true });
  const old = "01890a5d-ac96-774b-bcce-b302099a80ff";
  // Made a millisecond later: perhaps by a process that is still writing it.
  const young = "01890a5d-ac97-774b-bcce-b302099a80ff";
  for (const id of [old, young]) await writeFile(path.join(root, "incoming", id), "ha");
  const after = await createDirectoryBlobs({ root, sweepBefore: idTime(young) });
  expect(await readdir(path.join(root, "incoming"))).toEqual([young]);
  await after.remove([young]);
  expect(await readdir(path.join(root, "incoming"))).toEqual([]);
  expect(await after.read(ID).then((stream) => stream && text(stream))).toBe("whole");
});

test("removes, and minds no absent ones", async () => {
  const blobs = await createDirectoryBlobs({ root });
  await blobs.write(ID, Readable.from(["x"]));
  await blobs.remove([ID, "01890a5d-ac96-774b-bcce-b302099a80ff"]);
  await blobs.remove([ID]);
  expect(await blobs.read(ID)).toBeUndefined();
});

test("takes no name but an id", async () => {
  const blobs = await createDirectoryBlobs({ root });
  for (const name of ["", "..", "../../etc/passwd", `${ID}/..`, `${ID}\0`, ID.toUpperCase(), "incoming"]) {
    await expect(blobs.write(name, Readable.from(["x"]))).rejects.toThrow(RangeError);
    await expect(blobs.read(name)).rejects.toThrow(RangeError);
    await expect(blobs.path(name)).rejects.toThrow(RangeError);
    await expect(blobs.remove([name])).rejects.toThrow(RangeError);
  }
});

test("two writers of one id: one wins, and its bytes stay", async () => {
  const blobs = await createDirectoryBlobs({ root });
  const first = new PassThrough();
  first.write("first");
  const firstWritten = blobs.write(ID, first);
  await expect(blobs.write(ID, Readable.from(["second"]))).rejects.toMatchObject({ code: "EEXIST" });
  first.end();
  await firstWritten;
  expect(await readFile(await blobs.path(ID), "utf8")).toBe("first");
});

test("says storage_full when the disk takes no more", async () => {
  // A limit on the size of a file stands in for the full disk: it fails in the same call.
  const script = `
    import { createDirectoryBlobs } from "./dist/files/directory.js";
    import { Readable } from "node:stream";
    import { readdirSync } from "node:fs";
    const blobs = await createDirectoryBlobs({ root: ${JSON.stringify(root)} });
    const error = await blobs.write("${ID}", Readable.from([Buffer.alloc(9000)])).catch((error) => error);
    console.log(error.code, readdirSync(${JSON.stringify(path.join(root, "incoming"))}).length);
  `;
  const shell = `ulimit -f 8; exec "$0" --input-type=module -e "$1"`;
  const { stdout } = await promisify(execFile)("bash", ["-c", shell, process.execPath, script]);
  expect(stdout.trim()).toBe("storage_full 0");
});
