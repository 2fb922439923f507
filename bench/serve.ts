// `taskwright serve` in a process of its own, on a store of its own, and how long it takes until it answers.
import { spawn } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { get } from "node:http";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { loadClock, loadIds, loadSqlite } from "./built.js";
import { addFinished, insertTasks } from "./fill.js";

const PROGRAM = path.resolve(import.meta.dirname, "../cli/main.js");
/** How often it is asked, in milliseconds. */
const ASK = 2;

export interface Served {
  readonly url: string;
  /** From the start of the process to the first 200. */
  readonly answeredMillis: number;
  stop(): Promise<void>;
}

/** Resolves once the server has answered that it is ready. Throws with what it wrote where it ends before that. */
export async function serve(store: string, dataDir: string): Promise<Served> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const start = performance.now();
  const flags = ["serve", "--port", String(port), "--store", store, "--data-dir", dataDir];
  const child = spawn(process.execPath, [PROGRAM, ...flags], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "exit");
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  while (!(await isReady(url))) {
    if (child.exitCode !== null) throw new Error(`serve has ended:\n${said}`);
    await pause(ASK);
  }
  const answeredMillis = performance.now() - start;
  return {
    url,
    answeredMillis,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

/** Fills a new store: one in a hundred waits for a worker that knows its type, the others have finished. */
export async function fillStore(file: string, count: number): Promise<void> {
  const [{ openSqliteStore }, { systemClock }, { createIdSource }] = await Promise.all([
    loadSqlite(),
    loadClock(),
    loadIds(),
  ]);
  const newId = createIdSource(systemClock.now, (bytes) => void randomFillSync(bytes));
  const store = await openSqliteStore({ file, clock: systemClock, synchronous: "normal" });
  await addFinished(store, newId, Math.round(0.99 * count));
  await insertTasks(store, newId, Math.round(0.01 * count));
  await store.close();
}

async function isReady(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(`${url}/api/health/ready`, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    // Nothing listens there yet.
    request.once("error", () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("there is no free port");
  return address.port;
}
