// What the pages show and nobody can run here: settings that must exist, the unit of systemd, the file of nginx.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { OPTION_KEYS, variableOf } from "../../src/config/options.js";
import { codeBlocks } from "../support/code-blocks.js";
import { handbook, root } from "./project.js";

const ANALYZE = "/usr/bin/systemd-analyze";
const operating = codeBlocks(path.join(root, "docs/operating.md"));
const blockOf = (language: string) => operating.find((block) => block.language === language)?.text ?? "";

test.each(handbook())("%s names only settings that exist", (page) => {
  const named = readFileSync(path.join(root, page), "utf8").match(/TASKWRIGHT_[A-Z_]+/g) ?? [];
  expect(OPTION_KEYS.map(variableOf)).toEqual(expect.arrayContaining([...new Set(named)]));
});

test.skipIf(!existsSync(ANALYZE))("the unit is one that systemd takes", () => {
  const unit = blockOf("ini");
  expect(unit).toContain("ExecStart=/usr/bin/node dist/cli/main.js serve");
  const folder = mkdtempSync(path.join(tmpdir(), "taskwright-unit-"));
  const file = path.join(folder, "taskwright.service");
  // The program and the user of the page are not on this machine.
  writeFileSync(
    file,
    unit.replace("/usr/bin/node", process.execPath).replace("User=taskwright", "User=root"),
  );
  try {
    expect(execFileSync(ANALYZE, ["verify", "--man=no", file], { stdio: "pipe" }).toString()).toBe("");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("every line of the nginx file opens or closes a block or ends a directive", () => {
  const lines = blockOf("nginx").split("\n").filter(Boolean);
  expect(lines.filter((line) => !/^\s*(?:[\w$ /]+ \{|\}|[\w"$]+ .+;)$/.test(line))).toEqual([]);
  const depth =
    lines
      .join("")
      .match(/[{}]/g)
      ?.map((brace) => (brace === "{" ? 1 : -1)) ?? [];
  expect(depth.reduce<number>((sum, step) => sum + step, 0)).toBe(0);
});
