// Requests that are refused before they have arrived: their senders get to read the answer, within bounds.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createManualClock } from "../../src/lib/clock.js";
import { LIMITS } from "../../src/model/limits.js";
import { expectProblem, startServer, type TestServer } from "./server.js";

const MB = 1024 * 1024;
let server: TestServer | undefined;
afterEach(() => server?.[Symbol.asyncDispose]());

async function start(options: Parameters<typeof startServer>[0] = {}): Promise<TestServer> {
  server = await startServer(options);
  return server;
}

/** A body of unknown length: it is sent in chunks. */
function chunked(bytes: number): RequestInit & { readonly duplex: "half" } {
  let left = bytes;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left <= 0) return controller.close();
      left -= MB;
      controller.enqueue(new Uint8Array(MB).fill(97));
    },
  });
  return { method: "POST", body, duplex: "half" };
}

describe("fetch reads, each of eight times, what refuses", () => {
  const json = { "content-type": "application/json" };
  const form = () => {
    const form = new FormData();
    form.append("file", new Blob([new Uint8Array(8 * MB)]), "large.bin");
    return form;
  };
  const refusals: [string, string, () => RequestInit, string][] = [
    [
      "a JSON body of 4 MB",
      "/api/tasks/submit",
      () => ({ headers: json, body: "a".repeat(4 * MB) }),
      "payload_too_large",
    ],
    [
      "a batch of 17 MB",
      "/api/tasks/batch",
      () => ({ headers: json, body: "a".repeat(17 * MB) }),
      "payload_too_large",
    ],
    [
      "chunks of 8 MB",
      "/api/tasks/submit",
      () => ({ ...chunked(8 * MB), headers: json }),
      "payload_too_large",
    ],
    ["an upload of 8 MB", "/api/files", () => ({ body: form() }), "payload_too_large"],
    [
      "another content type",
      "/api/tasks/submit",
      () => ({ body: new Blob(["a".repeat(4 * MB)], { type: "text/plain" }) }),
      "unsupported_media_type",
    ],
    [
      "a JSON upload",
      "/api/files",
      () => ({ headers: json, body: "a".repeat(4 * MB) }),
      "unsupported_media_type",
    ],
  ];
  it.each(refusals)("%s", async (_name, path, init, code) => {
    const { url } = await start({ uploadLimit: 100_000 });
    const codes: string[] = [];
    for (let n = 0; n < 8; n++) {
      const response = await fetch(url + path, { method: "POST", ...init() });
      codes.push((await response.json()).code);
    }
    expect(codes).toEqual(Array.from({ length: 8 }, () => code));
  });

  it("a missing key", async () => {
    const { url } = await start({ apiKey: "correct horse battery staple" });
    for (let n = 0; n < 8; n++) {
      const response = await fetch(`${url}/api/files`, { method: "POST", body: form() });
      expect(response.status).toBe(401);
      expect((await response.json()).code).toBe("unauthenticated");
    }
  });
});

it("a small body that was refused leaves its connection open", async () => {
  const { url } = await start();
  const body = "{}";
  const socket = open(url);
  const head = `POST /api/tasks/submit HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n`;
  socket.write(head);
  expect(await answer(socket)).toMatch(/^HTTP\/1.1 415 /);
  socket.write(`${body}GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  expect(await answer(socket)).toMatch(/^HTTP\/1.1 200 /);
  socket.destroy();
});

describe("a sender that goes on after its refusal", () => {
  const head =
    "POST /api/tasks/submit HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
    `Content-Length: ${1017 * MB}\r\n\r\n`;

  it("is cut off after 5 s", async () => {
    const clock = createManualClock();
    const { url } = await start({ clock });
    const socket = open(url);
    socket.write(head);
    const text = await answer(socket);
    expect(text).toMatch(/^HTTP\/1.1 413 [\s\S]*connection: close/i);
    expect(text).toContain(`"limit_bytes":${LIMITS.requestBytes}`);
    await clock.advance(4_999);
    expect(socket.readableEnded).toBe(false);
    await clock.advance(1);
    await once(socket, "close");
  });

  it("is cut off after 64 MB", async () => {
    const clock = createManualClock();
    const { url } = await start({ clock });
    const socket = open(url);
    socket.write(head);
    await answer(socket);
    const sent = await pour(socket);
    expect(sent).toBeGreaterThan(63 * MB);
    expect(sent).toBeLessThan(256 * MB);
  });

  it("is forgotten when it goes", async () => {
    const clock = createManualClock();
    const test = await start({ clock });
    const before = clock.pending;
    const socket = open(test.url);
    socket.write(head);
    await answer(socket);
    expect(clock.pending).toBe(before + 1);
    socket.destroy();
    await expect.poll(() => clock.pending).toBe(before);
    expectProblem(await test.request("POST", "/api/nothing"), 404, "not_found");
  });
});

function open(url: string): Socket {
  return connect(Number(new URL(url).port), "127.0.0.1").on("error", () => undefined);
}

/** The next answer, as far as its first chunk: headers and a short body. */
async function answer(socket: Socket): Promise<string> {
  let text = "";
  while (!/\r\n\r\n.*\}/s.test(text)) text += String((await once(socket, "data"))[0]);
  return text;
}

/** Sends until the connection is gone; answers the bytes that were sent. */
async function pour(socket: Socket): Promise<number> {
  const chunk = Buffer.alloc(MB, 97);
  let sent = 0;
  while (!socket.destroyed) {
    const written = await new Promise<boolean>((resolve) => socket.write(chunk, (error) => resolve(!error)));
    if (written) sent += MB;
  }
  return sent;
}
