// What the built page's server answers to paths that are no pages.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startServer, type TestServer } from "./server.js";

let server: TestServer;
let folder: string;
const logged: unknown[] = [];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "taskwright-pages-"));
  const root = path.join(folder, "dashboard");
  await mkdir(path.join(root, "assets"), { recursive: true });
  await writeFile(path.join(root, "index.html"), '<base href="/" /><title>The page</title>');
  await writeFile(path.join(root, "assets", "main.js"), "// the script");
  await writeFile(path.join(folder, "x.json"), "secret");
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (...said: unknown[]) => logged.push(said),
  };
  server = await startServer({ dashboardDir: root, log });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Fetch would tidy the path up. */
async function get(target: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  return text(socket);
}

it("serves the page under any path of its own, and its assets", async () => {
  for (const target of ["/", "/tasks", "/tasks/0199d8a4", "/queues?x=1"]) {
    expect(await get(target)).toMatch(/^HTTP\/1.1 200 [\s\S]*The page/);
  }
  expect(await get("/assets/main.js")).toMatch(/^HTTP\/1.1 200 [\s\S]*the script/);
});

it.each([
  "/..%2fx.json",
  "/../x.json",
  "/assets/..%2f..%2fx.json",
  "/assets/..%5c..%5cx.json",
  "/%2e%2e/x.json",
  "/assets/x%00.js",
  "/%00",
  "/assets/nothing.js",
  "/assets/..",
  "/docs/static/..%2f..%2fpackage.json",
  "/docs/static/x%00.js",
  `/${"a".repeat(5000)}.js`,
  "//x.json",
  "/api",
  "/api/",
  "/metrics",
  "/metrics/x",
])("%.40s is not there", async (target) => {
  const answer = await get(target);
  expect(answer).toMatch(/^HTTP\/1.1 404 [\s\S]*application\/problem\+json[\s\S]*"code":"not_found"/);
  expect(answer).not.toContain("secret");
  expect(logged.splice(0)).toEqual([]);
});
