// A short run of the built program under the Node that runs this file: a server on SQLite through the client, and the library.
// Prints one line; fails with an error. `npm run test:nodes` runs it under every supported Node.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { createClient } from "../dist/client/index.js";
import { createTaskwright, defineTask } from "../dist/index.js";

const main = path.join(import.meta.dirname, "../dist/cli/main.js");
const sqlite = path.join(
  path.dirname(createRequire(import.meta.url).resolve("better-sqlite3/package.json")),
  "package.json",
);
const sqliteVersion = JSON.parse(readFileSync(sqlite, "utf8")).version;
const folder = mkdtempSync(path.join(tmpdir(), "taskwright-smoke-"));

function check(what, holds) {
  if (!holds) throw new Error(`Node ${process.versions.node}: ${what}`);
}

async function serverAndClient() {
  const child = spawn(process.execPath, [main, "serve", "--port", "0"], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1", TASKWRIGHT_PACE: "0" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "exit");
  let log = "";
  const url = await new Promise((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (text) => {
      log += text;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(log);
      if (found) resolve(found[0]);
    });
    ended.then(() => reject(new Error(`the server did not start:\n${log}`)));
  });
  try {
    const run = await createClient({ url }).submit("email_simulation", { recipient_count: 3 });
    check("wrong result from the server", (await run.result()).sent === 3);
  } finally {
    child.kill("SIGTERM");
  }
  const [code, signal] = await ended;
  check(`the server ended with ${code ?? signal}:\n${log}`, code === 0);
}

async function library() {
  const double = defineTask({
    name: "double",
    input: z.strictObject({ value: z.number() }),
    run: async ({ value }) => 2 * value,
  });
  const app = await createTaskwright({
    store: path.join(folder, "library.db"),
    dataDir: folder,
    tasks: [double],
  });
  try {
    await app.work();
    const run = await app.submit(double, { value: 21 });
    check("wrong result from the library", (await run.result()) === 42);
  } finally {
    await app.close();
  }
}

try {
  await serverAndClient();
  await library();
  process.stdout.write(
    `Node ${process.versions.node}: server, client and library work with better-sqlite3 ${sqliteVersion}\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
