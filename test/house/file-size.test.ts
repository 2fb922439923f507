// The limit on the length of source files: a file over it is named, and one at the limit passes.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";

const script = path.resolve(import.meta.dirname, "../../scripts/file-size.js");

test("a file of 301 lines is named, one of 300 is not", () => {
  const root = mkdtempSync(path.join(tmpdir(), "taskwright-size-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const write = (file: string, lines: number) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), "// a line\n".repeat(lines));
  };
  write("src/store/long.ts", 301);
  write("src/store/short.ts", 300);
  write("dashboard/src/styles/long.css", 400);
  const { status, stderr } = spawnSync(process.execPath, [script, root], { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toContain("src/store/long.ts: 301 lines; the limit is 300.");
  expect(stderr).toContain("dashboard/src/styles/long.css: 400 lines");
  expect(stderr).not.toContain("short.ts");
});

test("no source file is over it", () => {
  expect(spawnSync(process.execPath, [script], { encoding: "utf8" })).toMatchObject({
    status: 0,
    stderr: "",
  });
});
