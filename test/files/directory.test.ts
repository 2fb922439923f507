// A folder behind uploads and artifacts: the promises of every place, and what only a folder can get wrong.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDirectoryBlobs } from "../../src/files/directory.js";
import { blobsSuite, ID } from "./suite.js";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "taskwright-blobs-"));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

blobsSuite(async () => ({
  open: () => createDirectoryBlobs({ root }),
  halfWritten: async () => (await readdir(path.join(root, "incoming"))).length,
}));

test("hands out its own files, which only this user can read", async () => {
  const blobs = await createDirectoryBlobs({ root });
  const written = await blobs.write(ID, Readable.from(["x"]));
  const { path: file, release } = await blobs.path({ id: ID, ...written });
  expect(file).toBe(path.join(root, "ab", ID));
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
  release();
  expect(await readFile(file, "utf8")).toBe("x");
  await blobs.remove([ID]);
  await expect(blobs.path({ id: ID, ...written })).rejects.toMatchObject({ code: "file_not_found" });
  await expect(blobs.path({ ...written, id: "../x" })).rejects.toThrow(RangeError);
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
