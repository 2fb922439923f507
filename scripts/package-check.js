// Uses the installed package as an application does: imports every export, runs a task in the library, in a test queue and
// through the client, and starts the command. Copied into a folder that has the package in its node_modules; prints one line.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

const runtime = process.versions.bun ? `Bun ${process.versions.bun}` : `Node ${process.versions.node}`;
const place = createRequire(import.meta.url).resolve("taskwright/package.json");
const manifest = JSON.parse(readFileSync(place, "utf8"));
const folder = mkdtempSync(path.join(tmpdir(), "taskwright-package-"));

function check(what, holds) {
  if (!holds) throw new Error(`${runtime}: ${what}`);
}

/** The modules of all exports, by their path. */
const modules = {};
for (const name of Object.keys(manifest.exports).filter((name) => !name.endsWith(".json"))) {
  modules[name] = await import(path.posix.join(manifest.name, name));
}
const { createTaskwright, defineConfig, defineTask } = modules["."];
const { createClient } = modules["./client"];
const { createTestQueue } = modules["./testing"];
const { z } = await import("zod");

const double = defineTask({
  name: "double",
  input: z.strictObject({ value: z.number() }),
  run: async ({ value }, { artifacts }) => {
    await artifacts.put("value.txt", String(value));
    return 2 * value;
  },
});
check("defineConfig changes what it is given", defineConfig({ tasks: [double] }).tasks[0] === double);

const app = await createTaskwright({
  store: path.join(folder, "tasks.db"),
  dataDir: folder,
  tasks: [double],
});
const server = createServer(app.handler());
try {
  await app.work();
  const run = await app.submit(double, { value: 21 });
  check("wrong result from the library", (await run.result()) === 42);
  const [artifact] = await app.artifacts(run.id);
  check("wrong artifact", (await (await app.download(artifact.id)).text()) === "21");

  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = createClient({ url: `http://127.0.0.1:${server.address().port}` });
  check("wrong result over HTTP", (await (await client.submit("double", { value: 4 })).result()) === 8);
  const reply = await app.fetchHandler()(new Request("http://localhost/api/health"));
  check("wrong answer of the fetch handler", (await reply.json()).status === "ok");
} finally {
  server.close();
  server.closeAllConnections();
  await app.close();
}

const queue = await createTestQueue({ tasks: [double] });
const tested = await queue.submit(double, { value: 1 });
await queue.drain();
check("wrong result in a test queue", (await tested.result()) === 2);
await queue.close();

const bin = path.join(path.dirname(place), manifest.bin.taskwright);
const version = execFileSync(process.execPath, [bin, "--version"], { encoding: "utf8" }).trim();
check(`the command prints ${version}`, version === manifest.version);
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`${runtime}: all exports, the library, the client and the command work\n`);
