import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConfigFile } from "../../src/config/file.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "taskwright-config-"));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, text: string) => writeFile(path.join(folder, name), text);
const TASK = `{ name: "hello", input: {}, retry: {}, run: () => 1 }`;

test("a folder without a file has no configuration", async () => {
  expect(await readConfigFile(folder)).toBeUndefined();
});

test.each(["ts", "js", "mjs"])("reads taskwright.config.%s", async (extension) => {
  const typed = extension === "ts" ? ": number" : "";
  await write(
    `taskwright.config.${extension}`,
    `const port${typed} = 9000;\nexport default { port, tasks: [${TASK}] };`,
  );
  const file = await readConfigFile(folder);
  expect(file).toMatchObject({ path: `taskwright.config.${extension}`, options: { port: 9000 } });
  expect(file?.tasks.map((task) => task.name)).toEqual(["hello"]);
});

test("the file and what it imports get the modules that it is handed", async () => {
  const modules = { taskwright: { marker: Symbol("the running program") } };
  await write("own.ts", `import { marker } from "taskwright";\nexport const imported = marker;`);
  await write(
    "taskwright.config.ts",
    `import { imported } from "./own.js";\nexport default { store: imported };`,
  );
  const file = await readConfigFile(folder, async () => modules);
  expect(file?.options.store).toBe(modules.taskwright.marker);
});

test.each([
  [
    "a syntax error",
    "const a = 1;\n\nexport default { port: 1,, };",
    /^taskwright\.config\.ts:3:25: .*Unexpected token/,
  ],
  ["an error while it runs", "\nthrow new Error('no luck');", /^taskwright\.config\.ts:2:\d+: no luck$/],
  [
    "a missing module",
    "import 'nothing-there';\nexport default {};",
    /^taskwright\.config\.ts(:1:\d+)?: .*'nothing-there'/,
  ],
  ["no object", "export default 5;", /^taskwright\.config\.ts: no configuration exported/],
  [
    "tasks that are no array",
    "export default { tasks: {} };",
    /^taskwright\.config\.ts: tasks: must be an array/,
  ],
  [
    "a task that is none",
    `export default { tasks: [${TASK}, {}] };`,
    /^taskwright\.config\.ts: tasks\[1\]: not a task type/,
  ],
])("%s names the file, and the line where there is one", async (_, text, message) => {
  await write("taskwright.config.ts", text);
  await expect(readConfigFile(folder)).rejects.toThrow(message);
});

test("two files are one too many", async () => {
  await write("taskwright.config.ts", "export default {};");
  await write("taskwright.config.js", "export default {};");
  await expect(readConfigFile(folder)).rejects.toThrow(/keep only one/);
});
