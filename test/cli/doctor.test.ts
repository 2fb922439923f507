// doctor on a folder in order, and on folders where something is wrong.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkNode } from "../../src/cli/doctor/machine.js";
import { run } from "./command-line.js";
import { type Serving, serveFolder } from "./serving.js";

interface Report {
  readonly ok: boolean;
  readonly findings: readonly {
    readonly check: string;
    readonly level: string;
    readonly message: string;
    readonly fix?: string;
  }[];
}

let serving: Serving;
let empty: string;
beforeAll(async () => {
  serving = await serveFolder(`export default { logLevel: "error" };`);
  empty = await mkdtemp(path.join(os.tmpdir(), "taskwright-cli-"));
});
afterAll(async () => {
  await serving.stop();
  await rm(empty, { recursive: true });
});

const NOWHERE = { TASKWRIGHT_URL: "http://127.0.0.1:2" };

test("a server in order", async () => {
  const { code, stdout } = await serving.cli(["doctor", "--json"]);
  const report: Report = JSON.parse(stdout);
  expect(report.findings.filter(({ level }) => level === "problem")).toEqual([]);
  expect({ code, ok: report.ok }).toEqual({ code: 0, ok: true });
  for (const check of [
    "Node",
    "SQLite",
    "configuration",
    "store",
    "schema",
    "version",
    "clock",
    "task types",
  ]) {
    expect(report.findings).toContainEqual(expect.objectContaining({ check, level: "ok" }));
  }
  const messages = report.findings.map(({ message }) => message);
  expect(messages).toContainEqual(expect.stringMatching(/^held by process \d+ on /));
  expect(messages).toContainEqual(expect.stringMatching(/^process \d+ on .* is running: /));
});

test("an unreachable server is a problem, with a fix", async () => {
  const { code, stdout, stderr } = await run(["doctor"], { cwd: empty, env: NOWHERE });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/\d+ ok.*, 1 problem\n$/) });
  expect(stdout).toMatch(/^problem +server +cannot reach .*\n +→ start it with taskwright serve/m);
  expect(stdout).toMatch(/^ok +store +\S+ will be created at the first start$/m);
});

test("a configuration that does not load, a store of another program, a mail server that is away", async () => {
  const faulty = await report(["--host", "0.0.0.0"], { ...NOWHERE, TASKWRIGHT_PROT: "1" });
  expect(problems(faulty, "configuration")).toMatch(/TASKWRIGHT_PROT.*did you mean TASKWRIGHT_PORT/);

  const letter = path.join(empty, "letter.db");
  await writeFile(letter, "Dear database, ".repeat(1000));
  const wrong = await report(["--store", letter, "--host", "0.0.0.0"], {
    ...NOWHERE,
    TASKWRIGHT_SMTP_URL: "smtp://ana:secret@127.0.0.1:2",
  });
  expect(problems(wrong, "schema")).toContain("letter.db");
  expect(problems(wrong, "API key")).toContain("0.0.0.0");
  expect(problems(wrong, "mail server")).toContain("127.0.0.1:2");
  expect(JSON.stringify(wrong)).not.toContain("secret");
});

test("an old Node is named", () => {
  expect(checkNode("18.20.1")).toMatchObject({ level: "problem" });
  expect(checkNode("20.18.9")).toMatchObject({ level: "problem" });
  expect(checkNode("22.13.9")).toMatchObject({ level: "problem" });
  expect(checkNode("22.14.0")).toMatchObject({ level: "ok" });
});

async function report(words: readonly string[], env: Readonly<Record<string, string>>): Promise<Report> {
  const { code, stdout } = await run(["doctor", "--json", ...words], { cwd: empty, env });
  expect(code).toBe(1);
  const parsed: Report = JSON.parse(stdout);
  return parsed;
}

function problems({ findings }: Report, check: string): string {
  return findings
    .filter((finding) => finding.check === check && finding.level === "problem")
    .map(({ message }) => message)
    .join("\n");
}

test("the password of a URL is not repeated, whether the server answers or not", async () => {
  const withPassword = serving.url.replace("http://", "http://user:s3cret@");
  for (const url of [withPassword, "http://user:s3cret@127.0.0.1:1"]) {
    const { stdout, stderr } = await run(["doctor", "--url", url], { cwd: empty });
    expect(stdout).toContain(new URL(url).host);
    expect(stdout + stderr).not.toContain("s3cret");
  }
});
