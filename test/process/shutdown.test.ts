// How a server ends: SIGTERM drains, a second one stops at once, and a second process may not touch the database.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { finished, getTask, started, submit } from "../support/http-calls.js";
import { createProcessProject, type ProcessProject } from "../support/process-project.js";
import { type ServerProcess, startServerProcess } from "../support/server-process.js";

let project: ProcessProject;
const servers: ServerProcess[] = [];

beforeEach(() => {
  project = createProcessProject();
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.kill()));
  project.remove();
});

async function start(flags: readonly string[] = []): Promise<ServerProcess> {
  const server = await startServerProcess({ cwd: project.folder, flags });
  servers.push(server);
  return server;
}

test("SIGTERM lets a running task finish and hands back what has not started", async () => {
  const first = await start(["--concurrency", "1"]);
  const running = await submit(first.url, "work", { ms: 500 });
  const waiting = await submit(first.url, "work", { ms: 1 });
  await started(first.url, running);
  expect(await first.stop()).toBe(0);
  expect(
    project
      .journal()
      .filter((line) => line.id === running)
      .map((line) => line.what),
  ).toEqual(["start", "end"]);

  const second = await start();
  expect(await getTask(second.url, running)).toMatchObject({ status: "SUCCESS", attempt: 1, crashes: 0 });
  expect(await finished(second.url, waiting)).toMatchObject({ status: "SUCCESS", attempt: 1, crashes: 0 });
});

test("what outlives the drain time is aborted and runs again, without using up an attempt", async () => {
  const first = await start(["--drain", "100ms"]);
  const id = await submit(first.url, "work", { ms: 60_000 });
  await started(first.url, id);
  expect(await first.stop()).toBe(0);

  const second = await start();
  await started(second.url, id);
  expect(await getTask(second.url, id)).toMatchObject({ status: "RUNNING", attempt: 1, crashes: 0 });
});

test("an open event stream and a long poll don't hold up the end", async () => {
  const server = await start();
  const id = await submit(server.url, "work", { ms: 1 }, { delay: "1h" });
  const stream = await fetch(`${server.url}/api/events`);
  const poll = fetch(`${server.url}/api/tasks/${id}?wait=60`);
  await started(server.url, await submit(server.url, "work", { ms: 1 }));
  expect(await server.stop()).toBe(0);
  await stream.text().catch((error: unknown) => expect(error).toBeInstanceOf(TypeError));
  await poll.catch((error: unknown) => expect(error).toBeInstanceOf(TypeError));
});

test("no task begins after SIGTERM, whatever connections are open", async () => {
  const server = await start(["--concurrency", "2"]);
  const connections = await Promise.all([
    openConnection(server.url, ""),
    openConnection(server.url, "GET /api/health HTTP/1.1\r\nHost: 127"),
    openConnection(
      server.url,
      "POST /api/tasks/submit HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    ),
    openWebSocket(server.url),
  ]);
  const first = await submit(server.url, "work", { ms: 300 });
  const batch = {
    tasks: Array.from({ length: 200 }, () => ({ task_type: "work", parameters: { ms: 300 } })),
  };
  await fetch(`${server.url}/api/tasks/batch`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(batch),
  });
  await started(server.url, first);
  expect(await server.stop()).toBe(0);
  for (const connection of connections) connection.destroy();
  const journal = project.journal().map((line) => line.what);
  const begun = journal.filter((what) => what === "start");
  expect(begun.length).toBeLessThan(200);
  expect(journal.slice(journal.indexOf("signal"))).not.toContain("start");
  expect(journal.filter((what) => what === "end")).toHaveLength(begun.length);
});

/** A raw connection that says this much and then nothing more, as of a client that is gone. */
async function openConnection(url: string, said: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(said);
  return socket;
}

/** A WebSocket whose client answers nothing, not even a close frame. */
async function openWebSocket(url: string): Promise<Socket> {
  const socket = await openConnection(
    url,
    `GET /api/ws HTTP/1.1\r\nHost: ${new URL(url).host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  const [answer] = await once(socket, "data");
  expect(String(answer)).toContain("101 Switching Protocols");
  return socket;
}

test("a second process on the same database is refused and told who holds it", async () => {
  const holder = await start();
  const refused = await startServerProcess({ cwd: project.folder }).catch((error: unknown) => error);
  expect(String(refused)).toContain(String(holder.child.pid));
  expect(String(refused)).not.toContain("    at ");
  expect(await getTask(holder.url, await submit(holder.url, "work", { ms: 1 }))).toBeDefined();
});

test("a kill leaves no lock behind", async () => {
  await (await start()).kill();
  await start();
});

test("a port in use is named", async () => {
  const holder = await start();
  const port = Number(new URL(holder.url).port);
  const other = createProcessProject();
  const refused = await startServerProcess({ cwd: other.folder, port }).catch((error: unknown) => error);
  other.remove();
  expect(String(refused)).toContain(String(port));
  expect(String(refused)).not.toContain("    at ");
});
