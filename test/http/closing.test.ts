// How the server closes: it waits for answers, and for no connection on which nothing moves.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, it } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import { startServer } from "./server.js";

const UPGRADE =
  "GET /api/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const POST =
  "POST /api/tasks/submit HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";

async function open(url: string, said: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(said);
  return socket;
}

it.each([
  ["a connection that sent nothing", "", 0],
  ["half a head", "GET /api/health HTTP/1.1\r\nHost: 127", 0],
  ["an idle connection", "GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 0],
  ["a WebSocket that answers nothing", UPGRADE, 1_000],
  ["half a body", POST, 2_000],
])("cuts %s after at most its grace", async (_name, said, grace) => {
  const clock = createManualClock();
  const server = await startServer({ clock });
  const socket = await open(server.url, said);
  const cut = once(socket, "close");
  if (said.includes("health HTTP/1.1\r\nHost: 127.0.0.1") || said === UPGRADE) await once(socket, "data");
  // What comes on one connection after the other has been taken in by now.
  await server.request("GET", "/api/health");
  const closed = server[Symbol.asyncDispose]();
  if (grace > 0) {
    await clock.advance(grace - 100);
    expect(socket.readyState).toBe("open");
    await clock.advance(200);
  }
  socket.resume();
  await cut;
  await closed;
});

it("answers what is being answered", async () => {
  const clock = createManualClock();
  const server = await startServer({ clock });
  const { id } = await server.submit();
  const poll = server.request("GET", `/api/tasks/${id}?wait=60`);
  await server.request("GET", "/api/health");
  const closed = server[Symbol.asyncDispose]();
  expect(await poll).toMatchObject({ status: 200, body: { id, status: "PENDING" } });
  await clock.advance(100);
  await closed;
});
