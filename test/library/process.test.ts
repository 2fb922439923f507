// What holds the process of a program that only uses the library, and what no longer does.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { afterwards } from "./support.js";

const run = promisify(execFile);
const library = pathToFileURL(path.resolve(import.meta.dirname, "../../dist/index.js")).href;

/** The handler ends only when something that keeps no process alive has happened. */
const PROGRAM = `
import { createTaskwright, defineTask } from ${JSON.stringify(library)};
const anything = { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } };
let started;
const begun = new Promise((resolve) => { started = resolve; });
const slow = defineTask({ name: "slow", input: anything, run: () => new Promise((resolve) => {
  started();
  setTimeout(resolve, 300).unref();
}) });
const app = await createTaskwright({ store: "tasks.db", dataDir: ".", tasks: [slow] });
await app.submit(slow, {});
void app.work();
void begun.then(async () => {
  await app.close();
  console.log("closed");
});
`;

test("a worker, and a close that drains, keep the process alive; after it nothing does", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "taskwright-library-"));
  afterwards(() => rm(folder, { recursive: true, force: true }));
  const { stdout, stderr } = await run(process.execPath, ["--input-type=module", "-e", PROGRAM], {
    cwd: folder,
  });
  expect({ stdout, stderr }).toEqual({ stdout: "closed\n", stderr: "" });
});
