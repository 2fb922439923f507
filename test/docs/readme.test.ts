// The README's examples, run as they stand: shell blocks against a real server, TypeScript blocks as a project.
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { codeBlocks } from "../support/code-blocks.js";
import { openProject, type Project, root } from "./project.js";

const readme = path.join(root, "README.md");
const blocks = codeBlocks(readme);
const shell = blocks.filter((block) => block.language === "sh" && !block.text.includes("npm start"));
let project: Project;

beforeAll(async () => {
  project = await openProject(readme);
});

afterAll(() => project?.close());

test("there is something to run", () => {
  expect(shell.length).toBeGreaterThanOrEqual(2);
  expect(blocks.filter((block) => block.file).length).toBe(3);
});

test.each(shell.map((block) => block.text))("shell block %#", async (text) => {
  const end = await project.shell(text);
  expect(end).toMatchObject({ code: 0, stdout: expect.stringContaining("data_processing") });
});

test("the server of that project has its own task type, and the command runs it", async () => {
  const { stdout } = await project.shell('npx taskwright submit word_count -p text="one two three" --wait');
  expect(JSON.parse(stdout)).toEqual({ words: 3 });
});

test("the library example prints what it says", async () => {
  const end = await project.shell("npx jiti app.ts");
  expect(end).toMatchObject({ code: 0, stdout: "4\n" });
});
