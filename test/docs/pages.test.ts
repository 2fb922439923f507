// The pages of docs/, run as they stand: every shell block in order against one server per page, replies compared.
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CodeBlock, codeBlocks } from "../support/code-blocks.js";
import { differences, textPattern } from "./matches.js";
import { handbook, openProject, type Project, root, type ShellEnd } from "./project.js";

/** Blocks that start a server of their own or install: every page's server is started by the test. */
const STARTS = /npm (ci|start|test|install)|git (clone|pull)|systemctl|nginx|sudo/;
const runs = (block: CodeBlock) => block.language === "sh" && !STARTS.test(block.text);
const isReply = (block: CodeBlock) => block.words.includes("reply");

const pages = handbook().filter((page) => codeBlocks(path.join(root, page)).some(runs));

describe.each(pages)("%s", (page) => {
  const blocks = codeBlocks(path.join(root, page));
  let project: Project;
  let last: ShellEnd;

  beforeAll(async () => {
    project = await openProject(path.join(root, page));
  });
  afterAll(() => project?.close());

  for (const block of blocks) {
    const name = `line ${block.line}: ${block.text.trim().split("\n", 1)}`;
    if (runs(block) && block.words.includes("stream")) {
      test(name, async () => {
        last = { code: 0, stdout: await project.firstWords(block.text), stderr: "" };
      });
    } else if (runs(block)) {
      test(name, async () => {
        last = await project.shell(block.text);
        expect(last).toMatchObject({ code: 0 });
      });
    } else if (isReply(block) && block.language === "json") {
      test(name, () => expect(differences(JSON.parse(block.text), JSON.parse(last.stdout))).toEqual([]));
    } else if (isReply(block)) {
      test(name, () => expect(last.stdout).toMatch(textPattern(block.text)));
    }
  }
});

test("every JSON block is JSON", () => {
  for (const page of handbook()) {
    for (const block of codeBlocks(path.join(root, page))) {
      if (block.language === "json")
        expect(() => JSON.parse(block.text), `${page}:${block.line}`).not.toThrow();
    }
  }
});
