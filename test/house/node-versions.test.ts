// The Node that people have: too old is answered in one line, scripts find or install a newer one, and the program runs here.
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isAtLeast } from "../../src/lib/versions.js";

const root = path.resolve(import.meta.dirname, "../..");
const { engines }: { readonly engines: { readonly node: string } } = JSON.parse(
  readFileSync(path.join(root, "package.json"), "utf8"),
);
const required = engines.node.replace(/^>=/, "");

/** An installed Node that is too old, for example the system's. */
const oldNode = (process.env.PATH ?? "")
  .split(path.delimiter)
  .map((folder) => path.join(folder, "node"))
  .filter(existsSync)
  .find(
    (node) =>
      !isAtLeast(execFileSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }).trim(), required),
  );

test("the command answers on an old Node with one line and exit code 1", (context) => {
  if (oldNode === undefined) return context.skip("no Node older than the required one is installed here");
  const command = path.join(root, "dist/cli/main.js");
  const { status, stdout, stderr } = spawnSync(oldNode, [command, "--version"], { encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(
    /^taskwright requires Node \d+\.\d+ or newer; this is Node \d+\.\d+\.\d+\. See \S+\n$/,
  );
});

/** A copy of the script in a folder of its own, with an npm that runs `npm` instead of the real one. */
function findNode(npm: string) {
  const folder = mkdtempSync(path.join(tmpdir(), "taskwright-node-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(path.join(folder, "scripts"));
  mkdirSync(path.join(folder, "bin"));
  copyFileSync(path.join(root, "package.json"), path.join(folder, "package.json"));
  copyFileSync(path.join(root, "scripts/find-node.js"), path.join(folder, "scripts/find-node.js"));
  const setNpm = (script: string) => {
    writeFileSync(path.join(folder, "bin/npm"), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(folder, "bin/npm"), 0o755);
  };
  setNpm(npm);
  const find = (version?: string) =>
    spawnSync(process.execPath, [path.join(folder, "scripts/find-node.js")], {
      encoding: "utf8",
      env: {
        ...process.env,
        PATH: `${path.join(folder, "bin")}${path.delimiter}${process.env.PATH}`,
        TASKWRIGHT_NODE: version,
      },
    });
  return { folder, setNpm, find };
}

const NAME = `node-${process.platform}-${process.arch}`;
/** Installs an empty file as Node, where `npm install --prefix FOLDER` would install the package. */
const INSTALLS = `mkdir -p "$3/node_modules/${NAME}/bin" && touch "$3/node_modules/${NAME}/bin/node"`;
const FAILS = "echo offline >&2; exit 1";

test("a Node that is new enough is used as it is", () => {
  expect(findNode(FAILS).find()).toMatchObject({
    status: 0,
    stdout: path.dirname(process.execPath),
    stderr: "",
  });
});

test("otherwise one is installed once, with one line that says so", () => {
  const { folder, setNpm, find } = findNode(INSTALLS);
  const first = find("99.1.0");
  const installed = path.join(folder, ".node", `99.1.0-${process.arch}`, "node_modules", NAME, "bin");
  expect(first).toMatchObject({ status: 0, stdout: installed });
  expect(first.stderr).toMatch(/^[^\n]+installing Node 99\.1\.0 into \.node, once\.\n$/);
  setNpm(FAILS);
  expect(find("99.1.0")).toMatchObject({ status: 0, stdout: installed, stderr: "" });
});

test("an installation that fails says what to do and leaves nothing behind", () => {
  const { folder, find } = findNode(FAILS);
  const { status, stdout, stderr } = find("99.1.0");
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toContain("Install it yourself: https://nodejs.org");
  expect(existsSync(path.join(folder, ".node"))).toBe(false);
});

test("server, client and library run under this Node", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, "scripts/smoke.js")], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^Node \S+: server, client and library work with better-sqlite3 13\./);
});
