// The deployment examples and the shell lines of all pages name only commands, options, settings and paths that exist.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { createProgram } from "../../src/cli/program.js";
import { OPTION_KEYS, OPTIONS, variableOf } from "../../src/config/options.js";
import { ROUTES } from "../../src/http/routes.js";
import { codeBlocks } from "../support/code-blocks.js";
import { handbook, root } from "./project.js";

const ANALYZE = "/usr/bin/systemd-analyze";
const deploy = path.join(root, "examples/deploy");
const read = (name: string) => readFileSync(path.join(deploy, name), "utf8");
const listed = (folder: string, ending: string) =>
  readdirSync(path.join(deploy, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(folder, name));

const manifests = listed("kubernetes", ".yaml");
const units = listed("systemd", ".service");
const all = ["Dockerfile", "compose.yaml", ...manifests, ...units, ...listed("systemd", ".example")];

/** The documents of a file, which must have no fault. */
function documents(name: string): readonly unknown[] {
  const parsed = parseAllDocuments(read(name), { merge: true });
  return parsed.map((document) => {
    expect(document.errors, name).toEqual([]);
    expect(document.warnings, name).toEqual([]);
    return document.toJS();
  });
}

/** Every value that lies under this name, however deep. */
function valuesOf(name: string, value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(key === name ? [inner] : []),
    ...valuesOf(name, inner),
  ]);
}

const isText = (value: unknown): value is string => typeof value === "string";
const isWords = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);

/** What is wrong with a command line of ours, from its command on. */
function faults([name = "", ...words]: readonly string[]): readonly string[] {
  const command = createProgram().commands.find((candidate) => candidate.name() === name);
  if (!command) return [`there is no command ${name}`];
  const known = new Set(command.options.flatMap(({ long, short }) => [long, short]));
  const flags = words.map((word) => word.split("=", 1)[0] ?? "").filter((word) => /^--?[a-z]/.test(word));
  return flags
    .filter((flag) => !known.has(flag) && flag !== "--help")
    .map((flag) => `${name} has no ${flag}`);
}

test.each(all)("%s names only settings that exist", (name) => {
  const named = read(name).match(/TASKWRIGHT_[A-Z_]+/g) ?? [];
  expect(OPTION_KEYS.map(variableOf)).toEqual(expect.arrayContaining([...new Set(named)]));
});

test("the lists of words after the image's entry are commands of ours", () => {
  const services = valuesOf("services", documents("compose.yaml"))[0];
  const composed = Object.entries(services ?? {}).filter(([name]) => name !== "postgres");
  const lines = [
    ...composed.flatMap(([, service]) => valuesOf("command", { service })),
    ...manifests.flatMap((name) => valuesOf("args", documents(name))),
  ];
  expect(lines).toHaveLength(6);
  for (const line of lines) expect(isWords(line) && faults(line)).toEqual([]);
});

describe("shell lines", () => {
  test.each(handbook())("%s", (page) => {
    const blocks = codeBlocks(path.join(root, page)).filter(({ language }) => /^(sh|bash)$/.test(language));
    const lines = blocks.flatMap(({ text }) => text.replaceAll("\\\n", " ").split("\n"));
    const ours = lines.flatMap((line) => [...line.matchAll(/npx taskwright ([a-z].*?)(?:$| [|>&]|\))/g)]);
    expect(ours.flatMap(([, words = ""]) => faults(words.split(/\s+/)))).toEqual([]);
  });
});

test("a process is given longer to stop than it may take", () => {
  const drain = OPTIONS.drain.default / 1000;
  const seconds = (text: unknown) => Number(/^(\d+)s?$/.exec(String(text))?.[1]);
  const compose = documents("compose.yaml");
  expect(
    valuesOf("stop_grace_period", compose)
      .map(seconds)
      .every((time) => time > drain),
  ).toBe(true);
  for (const unit of units)
    expect(seconds(/^TimeoutStopSec=(.*)$/m.exec(read(unit))?.[1])).toBeGreaterThan(drain);
  const [worker] = valuesOf("terminationGracePeriodSeconds", documents("kubernetes/worker.yaml"));
  expect(worker).toBeGreaterThan(drain);
  const [server] = valuesOf("terminationGracePeriodSeconds", documents("kubernetes/server.yaml"));
  const pause = valuesOf("preStop", documents("kubernetes/server.yaml")).flatMap((hook) =>
    valuesOf("command", hook),
  );
  expect(pause).toEqual([["sleep", "10"]]);
  expect(server).toBeGreaterThan(10 + drain);
});

test("probes ask for paths that are served, under a name that is", () => {
  const probes = [...valuesOf("httpGet", documents("kubernetes/server.yaml"))];
  expect(probes).toHaveLength(3);
  const served: readonly string[] = Object.values(ROUTES).map(({ path: route }) => route);
  for (const probe of probes) {
    expect(served).toContain(valuesOf("path", probe)[0]);
    expect(valuesOf("httpHeaders", probe)).toEqual([[{ name: "Host", value: "localhost" }]]);
  }
  expect(served).toContain(/127\.0\.0\.1:8000(\/[\w/]+)/.exec(read("Dockerfile"))?.[1]);
});

test("every key of the secret that is asked for is in the example, and all run one image", () => {
  const keys = manifests.flatMap((name) =>
    valuesOf("secretKeyRef", documents(name)).map((ref) => valuesOf("key", ref)[0]),
  );
  const [secret] = documents("kubernetes/secret.example.yaml");
  const [given] = valuesOf("stringData", secret);
  expect([...new Set(keys)].sort()).toEqual(Object.keys(given ?? {}).sort());
  const images = manifests.flatMap((name) => valuesOf("image", documents(name)));
  expect(new Set(images).size).toBe(1);
});

test("the image runs as a user of its own, and node itself", () => {
  const lines = read("Dockerfile").split("\n");
  const last = lines.findLastIndex((line) => line.startsWith("FROM "));
  const stage = lines.slice(last);
  expect(stage).toContain("USER node");
  expect(stage.find((line) => line.startsWith("ENTRYPOINT"))).toBe('ENTRYPOINT ["node", "dist/cli/main.js"]');
});

test.skipIf(!existsSync(ANALYZE)).each(units)("systemd takes %s", (name) => {
  const folder = mkdtempSync(path.join(tmpdir(), "taskwright-unit-"));
  const file = path.join(folder, path.basename(name));
  const unit = read(name);
  // The program and the user of the example are not on this machine.
  writeFileSync(
    file,
    unit.replace("/usr/bin/node", process.execPath).replace("User=taskwright", "User=root"),
  );
  const line = /^ExecStart=\/usr\/bin\/node dist\/cli\/main\.js (.*)$/m.exec(unit)?.[1] ?? "";
  expect(faults(line.split(" "))).toEqual([]);
  try {
    expect(execFileSync(ANALYZE, ["verify", "--man=no", file], { stdio: "pipe" }).toString()).toBe("");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
